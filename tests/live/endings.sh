#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Connections that end for a reason that neither side's application gave: destroyed from outside, data after close,
# unreachable, no port, no keepalive; or that it gave too soon.
set -eu
. tests/live/stage.bash
need ip nft ss
each_scene endings
