#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The short form of `make torture`.
set -eu
. tests/live/stage.bash
QUICK=1 exec bash tests/torture/torture.sh
