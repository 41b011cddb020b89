#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# An IPv4 client and a server on ::, which knows the client as ::ffff:127.0.0.1.
set -eu
. tests/live/stage.bash
record "$TMP/tape" hello_pair '--addr ::' '--addr 127.0.0.1'
python3 tests/live/hello_check.py 127.0.0.1
