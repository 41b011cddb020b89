#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Listeners whose queues are full, and those who wait for them, against ss, nstat and what the application knows.
set -eu
. tests/live/stage.bash
need nft nstat ss
each_scene queues
