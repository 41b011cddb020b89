#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The hello exchange over IPv4.
set -eu
. tests/live/stage.bash
record "$TMP/tape" hello_pair '--addr 127.0.0.1' '--addr 127.0.0.1'
python3 tests/live/hello_check.py 127.0.0.1
