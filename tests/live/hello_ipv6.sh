#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The hello exchange over IPv6.
set -eu
. tests/live/stage.bash
record "$TMP/tape" hello_pair '--addr ::1' '--addr ::1'
python3 tests/live/hello_check.py ::1
