#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Who may include whom: bpf/wire.h -> record -> format <- analyze. format/ neither prints nor exits.
set -u
find bpf format record analyze tests testdata -name '*.[ch]' 2>/dev/null | sort | xargs awk '
function bad(why) {
	printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0
	wrong = 1
}
FNR == 1 {
	split(FILENAME, part, "/")
	room = part[1]
	file = part[2]
}
/^[ \t]*#[ \t]*include/ {
	name = $0
	sub(/^[^"<]*["<]/, "", name)
	sub(/[">].*$/, "", name)
	if ($0 ~ /"/) {
		if (name !~ /\//)
			bad("name the room: \"room/file.h\"")
		else if (name ~ /^tests\// && room != "tests")
			bad("nothing includes tests/")
		else if (room == "bpf" && name !~ /^bpf\//)
			bad("bpf/ includes only bpf/")
		else if (room == "format" && name !~ /^format\//)
			bad("format/ includes only format/")
		else if (room == "record" && name !~ /^(format|record)\// && name !~ /^bpf\/(wire\.h|[a-z0-9_]+\.skel\.h)$/)
			bad("record/ includes format/, record/, bpf/wire.h and skeletons")
		else if (room == "analyze" && name !~ /^(format|analyze)\//)
			bad("analyze/ includes format/ and analyze/")
		else if (room == "testdata" && name !~ /^testdata\//)
			bad("testdata/ stands alone")
		next
	}
	if (name ~ /^(bpf\/|libelf|gelf)/ && room !~ /^(record|bpf|tests)$/)
		bad("libbpf and libelf belong to record/")
	else if (room == "bpf" && name !~ /^(bpf\/|linux\/(bpf|types)\.h$|std(int|bool|def)\.h$)/)
		bad("bpf/ uses its own kernel types")
	else if (room ~ /^(format|analyze)$/ && name ~ /^(linux|asm|net)\//)
		bad("this room is C11 and POSIX")
	else if (name == "zstd.h" && room !~ /^(record|tests)$/ && FILENAME !~ /^format\/(part|preset)\.c$/)
		bad("zstd is the business of format/part.c and format/preset.c")
	else if (name ~ /^z(lib|std)/ && room !~ /^(format|tests)$/)
		bad("compression is the business of format/")
}
room == "format" && /(^|[^a-z_])(printf|puts|putchar|perror|_?exit|abort)[ \t]*\(|(^|[^a-z_])std(err|out)([^a-z_]|$)/ && !/^[ \t]*(\/?\*|\/\/)/ {
	bad("format/ neither prints nor exits")
}
END { exit wrong }
'
