# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The runner compares all three: output, remarks, status.
echo "output"
echo "made" >"$TMP/file" && echo "$TMP/file"
echo "remark" >&2
exit 3
