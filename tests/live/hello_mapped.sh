#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# IPv4 through IPv6 sockets on both sides: shown as the IPv4 connection it is.
set -eu
. tests/live/stage.bash
record "$TMP/tape" hello_pair '--addr ::' '--addr ::ffff:127.0.0.1'
python3 tests/live/hello_check.py 127.0.0.1
