# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Help goes to standard output, examples first; --version is one line.
"$TCPTAPE" --help && "$TCPTAPE" replay --help && "$TCPTAPE" help verify || exit 1
[ "$("$TCPTAPE" --help)" = "$("$TCPTAPE" -h)" ] || echo "-h differs from --help"
"$TCPTAPE" --version | grep -c '^tcptape [0-9]*\.[0-9]*\.[0-9]*$'
