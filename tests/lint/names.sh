#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# File names that say nothing or say it twice, files that grew too long, functions nobody may call.
set -u
wrong=0
sources() {
	find bpf format record analyze tests testdata -name '*.[ch]' 2>/dev/null | sort
}
refuse() {
	[ -z "$1" ] || { printf '%s:\n%s\n' "$2" "$1"; wrong=1; }
}

refuse "$(sources | grep -iE '(^|[/_])(utils?|misc|common|helpers?)[./_]')" "names that say nothing"
# Both programs have a main.c; every other name is unique in the tree.
refuse "$(sources | sed 's|.*/||' | grep -vx 'main\.c' | sort | uniq -d)" "names used twice"
refuse "$(sources | xargs grep -nE '\<(strcpy|strcat|sprintf|vsprintf|gets|atoi|strtok|alloca)[ 	]*\(' /dev/null)" \
	"functions nobody may call"
refuse "$(sources | xargs grep -L 'SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only' /dev/null | grep -v '^/dev')" \
	"no licence line"

lines=$(sources | xargs wc -l /dev/null | grep -v ' total$')
refuse "$(echo "$lines" | awk '$1 > 700')" "more than 700 lines"
echo "$lines" | awk '$1 > 450 && $1 <= 700 { print "warning: " $2 " has " $1 " lines; does it still hold one noun?" }'
exit $wrong
