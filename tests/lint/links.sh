#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What the documents and comments point at exists: links and their headings, files named in passing, sections of FORMAT.md.
set -u
wrong=0
documents=$(find . -name '*.md' -not -path './build/*' -not -path './.git/*' | sed 's|^\./||' | sort)
sources=$(find bpf format record analyze tests testdata docs .ci Makefile README.md -type f \
	\( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.md' -o -name '*.[13]' -o -name Makefile \) | sort)

refuse() {
	echo "$1"
	wrong=1
}

# As web pages of repositories make them: lower case, blanks to hyphens, other punctuation gone.
headings() {
	sed -n '/^```/,/^```/!s/^##* //p' "$1" | tr '[:upper:] ' '[:lower:]-' | sed 's/[^a-z0-9_-]//g'
}

for document in $documents; do
	dir=$(dirname "$document")
	for link in $(grep -oE '\]\([^) ]+\)' "$document" | sed 's/^](//; s/)$//'); do
		case $link in *://*) continue ;; esac
		file=${link%%#*}
		file=${file:+$dir/$file}
		file=${file:-$document}
		[ -e "$file" ] || { refuse "$document: links to $link, which does not exist"; continue; }
		case $link in
		*'#'*) headings "$file" | grep -qxF "${link#*#}" || refuse "$document: links to $link, a heading that does not exist" ;;
		esac
	done
done

# Not those that are included or made, which the compiler looks for, nor those with a word to be filled in.
# shellcheck disable=SC2086
for path in $(grep -hv '^#include' $sources | grep -oE '\<(bpf|format|record|analyze|testdata|tests|docs|\.ci)/[A-Za-z0-9_./-]*[A-Za-z0-9_]\.(c|h|sh|py|md|tape|service|[13])\>' | grep -vE '\<(NAME|NOUN|ROOM)\>|_NAME\.|\.skel\.h$|_zst\.h$' | sort -u); do
	[ -e "$path" ] || refuse "$(grep -lF "$path" $sources | head -n 1): names $path, which does not exist"
done

# shellcheck disable=SC2086
for section in $(grep -hoE 'FORMAT\.md (section )?[0-9]+(\.[0-9]+)?' $sources | sed 's/.* //' | sort -u); do
	grep -qE "^##+ ${section}[. ]" docs/FORMAT.md || refuse "FORMAT.md has no section $section: $(grep -lE "FORMAT\.md (section )?${section}\>" $sources | head -n 1)"
done
exit $wrong
