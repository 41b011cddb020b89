# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The library as its users meet it: installed, found by pkg-config, compiled against, linked either way.
CC=${CC:-gcc}
pc=${PKG_CONFIG:-pkg-config}
"$pc" --exists libzstd zlib 2>/dev/null || { echo "no pkg-config that knows libzstd and zlib"; exit 77; }
root=$TMP/root
lib=$root/opt/lib
# What is built is what is tested, as with the programs.
built=
[ ! -f "$B/libtcptape.so" ] || built='-o lib'
make -s $built install-lib DESTDIR="$root" PREFIX=/opt LIBDIR=/opt/lib >&2 || exit
(cd "$root" && find . ! -type d | sort)
export PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_PATH="$lib/pkgconfig"
[ "tcptape $("$pc" --modversion libtcptape)" = "$("$TCPTAPE" --version)" ] || echo "libtcptape.pc has another version"

echo "-- names"
sed -n 's/^[a-z].*\(tcptape_[a-z0-9_]*\)(.*/\1/p' "$root/opt/include/tcptape.h" | sort >"$TMP/declared"
nm -D --defined-only "$lib/libtcptape.so" | sed 's/.* //; s/@.*//' | grep -v '^TCPTAPE_0$' | sort >"$TMP/shared"
nm -g --defined-only "$lib/libtcptape.a" | sed -n 's/^[0-9a-f]* [A-Z] //p' | sort >"$TMP/archive"
diff "$TMP/declared" "$TMP/shared" && diff "$TMP/declared" "$TMP/archive" && echo "those of tcptape.h and no others"
for name in $(cat "$TMP/declared"); do
	grep -q "^\.F[no] $name\>" docs/libtcptape.3 || echo "$name is not in the manual"
done

# A sanitizer's library wants a sanitizer's program.
also=
! nm "$lib/libtcptape.a" | grep -q ' U __asan_init' || also=-fsanitize=address,undefined
strict="-Wall -Wextra -Wshadow -pedantic-errors -Werror $also"
build() {
	"$@" || echo "failed: $*"
}
echo "-- example"
build $CC -std=c99 $strict docs/example.c $("$pc" --cflags --libs libtcptape) -o "$TMP/with_shared"
build $CC -std=c11 $strict docs/example.c $("$pc" --cflags --libs --static libtcptape |
	sed "s|-ltcptape|$lib/libtcptape.a|") -o "$TMP/with_archive"
LD_LIBRARY_PATH=$lib "$TMP/with_shared" testdata/hello.tape
LD_LIBRARY_PATH=$lib "$TMP/with_shared" testdata/hello.tape >"$TMP/said"
"$TMP/with_archive" <testdata/hello.tape | cmp - "$TMP/said" || echo "the archive says something else"

echo "-- tapes that are none, or not whole"
for tape in testdata/bad-*.tape testdata/unsupported-*.tape /nowhere; do
	"$TMP/with_archive" $tape 2>"$TMP/remark" >"$TMP/said"
	status=$?
	echo "$tape: exit $status, $(grep -c . "$TMP/said") state changes, $(cat "$TMP/remark")"
done

echo "-- C++"
CXX=$(echo "$CC" | sed 's/gcc/g++/; s/clang/clang++/')
if command -v ${CXX%% *} >/dev/null; then
	echo '#include <tcptape.h>
int main() { return !*tcptape_version(); }' >"$TMP/version.cc"
	build $CXX -std=c++11 $strict "$TMP/version.cc" $("$pc" --cflags --libs libtcptape) -o "$TMP/with_cxx"
	LD_LIBRARY_PATH=$lib build "$TMP/with_cxx"
fi
