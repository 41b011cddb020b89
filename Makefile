# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# `make help` lists the targets and the variables.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDEXPANSION:
.DEFAULT_GOAL := all
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
BPFTOOL ?= bpftool
LLVM_STRIP ?= llvm-strip
OBJCOPY ?= objcopy
PKG_CONFIG ?= pkg-config
PREFIX ?= /usr/local
CFLAGS ?= -O2 -g
Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-7s %s\n' $(1) $@)
export PATH := $(PATH):/usr/sbin:/sbin

# Objects of different compilers and of sanitizers never mix: build, build/clang, build/san, build/clang-san.
comma := ,
space := $(subst ,, )
variant := $(strip $(if $(filter gcc,$(CC)),,$(notdir $(firstword $(CC)))) $(if $(SAN),san))
B ?= build$(if $(variant),/$(subst $(space),-,$(variant)))
F := build/fuzz

SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith \
	-Wwrite-strings $(if $(WERROR),-Werror)
BASE := -std=c11 -D_FILE_OFFSET_BITS=64 -I. -I$(B) $(WARN)
# The recorder, its tests and the hello pair are Linux programs; everything else is C11 and POSIX.
gnu = $(filter record/% tests/record/% testdata/%,$<)
room = $(if $(gnu),-D_GNU_SOURCE -pthread,-D_POSIX_C_SOURCE=200809L) $(if $(filter format/%,$<),-Wconversion)
# Decoding is loops over columns, following sockets one over events, recording one over records. Sanitizers are not in a hurry.
product = $(if $(SAN),,$(filter format/% analyze/% record/%,$<))
speed = $(if $(product),$(CFLAGS:-O2=-O3),$(CFLAGS))
# gcc optimises each program as a whole, which makes it faster by a twentieth; tests link the same objects as they are. LTO= leaves it out.
LTO ?= $(if $(filter gcc,$(CC)),$(if $(SAN),,1))
whole = $(if $(LTO),$(if $(product),-flto -ffat-lto-objects))
cflags = $(BASE) $(room) $(speed) $(CPPFLAGS) -MMD -MP
# pkg-config runs once, and only for a recipe that links with the answer: the analyzer never asks for libbpf.
pkg = $(or $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null),$(2))
LIBS = $(eval LIBS := $(call pkg,libzstd zlib,-lzstd -lz) -lm)$(LIBS)
BPF_LIBS = $(eval BPF_LIBS := $(call pkg,libbpf libelf,-lbpf -lelf) $(LIBS) -pthread)$(BPF_LIBS)
BPF_ARCH = $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))
BPF_CFLAGS = -O2 -g -target bpf -D__TARGET_ARCH_$(BPF_ARCH) -I. -Wall $(if $(WERROR),-Werror) \
	-idirafter /usr/include/$(shell uname -m)-linux-gnu

o = $(patsubst %.c,$(B)/%.o,$(1))
tests = $(patsubst %.c,$(B)/%,$(wildcard tests/$(1)/test_*.c))
# What tests share (builders) lies beside them in files that are not called test_*.
aids = $(call o,$(filter-out tests/$(1)/test_%,$(wildcard tests/$(1)/*.c)))
FORMAT := $(wildcard format/*.c)
ANALYZE := $(wildcard analyze/*.c)
RECORD := $(wildcard record/*.c)
PIC := $(patsubst %.c,$(B)/pic/%.o,$(FORMAT))
VERSION = $(shell sed -n 's/^.define TCPTAPE_VERSION "\(.*\)"/\1/p' format/version.h)
SONAME := libtcptape.so.$(shell sed -n 's/^.define TCPTAPE_ABI //p' format/tcptape.h)
SKEL := $(patsubst %.bpf.c,$(B)/%.skel.h,$(wildcard bpf/*.bpf.c))
HELLO := $(B)/hello_server $(B)/hello_client
STATIC := $(B)/static/tcptape-record $(B)/static/tcptape
HELLO_O := $(call o,$(filter-out testdata/hello/hello_%,$(wildcard testdata/hello/*.c)))
FUZZ := $(patsubst tests/fuzz/%.c,$(F)/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH := $(addprefix $(B)/tests/bench/,columns repeat decode encode)
BENCH_O := $(call o,tests/bench/walk.c tests/bench/reel.c tests/bench/turn.c analyze/section_copy.c analyze/memory_limit.c)
WRITE_TAPES := $(B)/tests/cross/write_tapes
TORTURE := $(addprefix $(B)/tests/torture/,damage same)
TORTURE_O := $(call o,tests/torture/tape_text.c tests/torture/event_lines.c)
TESTS := $(call tests,format) $(call tests,analyze) $(WRITE_TAPES)

all: analyzer $(B)/tcptape-record hello lib ## both programs, the library and the hello pair
analyzer: $(B)/tcptape ## tcptape alone; needs no libbpf, libelf or clang
hello: $(HELLO) ## the hello-world server and client of testdata/hello
lib: $(B)/libtcptape.a $(B)/libtcptape.so ## the C library for readers of tapes; needs no libbpf
static: $(STATIC) ## both programs without shared libraries, to copy to a host
	$(Q)wc -c $(STATIC) | awk '$$2 != "total" { printf "%s: %.1f MB, no shared libraries\n", $$2, $$1 / 1e6 }'

link = $(if $(V),,@printf '  %-7s %s\n' LINK $@;) mkdir -p $(@D) && $(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) $(if $(LTO),$(lto)) $(1) -o $@ $(filter %.o,$^) $(2)
lto = -fno-lto
$(B)/tcptape $(B)/tcptape-record $(BENCH): private lto = -flto=auto
$(B)/tcptape: $(call o,$(ANALYZE) $(FORMAT))
	$(call link,,$(LIBS))
$(B)/tcptape-record: $(call o,$(RECORD) $(FORMAT))
	$(call link,,$(BPF_LIBS))
$(B)/static/tcptape-record: $(call o,$(RECORD) $(FORMAT))
	$(call link,-static,-lbpf -lelf -lz -lzstd -pthread)
	$(Q)$@ --version >/dev/null
$(B)/static/tcptape: $(call o,$(ANALYZE) $(FORMAT))
	$(call link,-static,-lzstd -lz -lm)
	$(Q)$@ --version >/dev/null
$(B)/static/hello_%: $(B)/testdata/hello/hello_%.o $(HELLO_O)
	$(call link,-static,-pthread)
# The library shows only what tcptape.h declares: its objects are hidden, and in the archive they are one.
so = -shared -Wl,-soname,$(SONAME) -Wl,--version-script=format/libtcptape.map -Wl,--gc-sections -Wl,--as-needed
$(B)/libtcptape.so: $(PIC) format/libtcptape.map
	$(call link,$(so),$(LIBS))
$(B)/libtcptape.a: $(PIC)
	$(call say,AR)
	$(Q)$(CC) -r -nostdlib -o $(B)/pic/tape.o $^ && $(OBJCOPY) --localize-hidden $(B)/pic/tape.o
	$(Q)rm -f $@ && $(AR) rcs $@ $(B)/pic/tape.o
$(HELLO): $(B)/%: $(B)/testdata/hello/%.o $(HELLO_O)
	$(call link,,-pthread)
$(call tests,analyze) $(WRITE_TAPES): $(call o,$(filter-out %/main.c,$(ANALYZE))) $(call aids,analyze)
$(TESTS): %: %.o $(call o,$(FORMAT)) $(call aids,format)
	$(call link,,-lcmocka $(LIBS))
$(TORTURE): %: %.o $(TORTURE_O) $(call o,$(filter-out %/main.c,$(ANALYZE)) $(FORMAT))
	$(call link,,$(LIBS))
$(BENCH): %: %.o $(BENCH_O) $(call o,$(FORMAT))
	$(call link,,$(LIBS))
$(call tests,record): %: %.o $(call o,$(filter-out %/main.c,$(RECORD)) $(FORMAT)) $(call aids,format) $(call aids,record)
	$(call link,,-lcmocka $(BPF_LIBS))

$(B)/%.o: %.c $(B)/flags
	$(call say,CC)
	$(Q)mkdir -p $(@D) && $(CC) $(cflags) $(whole) $(SANFLAGS) -c -o $@ $<
$(B)/pic/%.o: %.c $(B)/flags
	$(call say,PIC)
	$(Q)mkdir -p $(@D) && $(CC) $(cflags) -fPIC -fvisibility=hidden -ffunction-sections $(SANFLAGS) -c -o $@ $<
$(B)/format/preset_zst.h: format/preset.zst
	$(Q)mkdir -p $(@D) && { echo 'static const unsigned char preset_zst[] = {'; \
		od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; echo '};'; } >$@
$(B)/format/preset.o $(B)/pic/format/preset.o $(F)/format/preset.o: $(B)/format/preset_zst.h
$(call o,$(RECORD) $(wildcard tests/record/*.c)): $(SKEL)
$(SKEL): $(B)/%.skel.h: $(B)/%.bpf.o
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name $(notdir $*) >$@
$(B)/%.bpf.o: %.bpf.c $(B)/flags
	$(call say,BPF)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $< && $(LLVM_STRIP) -g $@
# Another flag on the command line rebuilds what it concerns.
$(B)/flags: flags = $(CC) $(BASE) $(CFLAGS) $(CPPFLAGS) $(SANFLAGS) $(if $(LTO),whole)
$(B)/flags: FORCE
	$(Q)mkdir -p $(@D); echo '$(flags)' | cmp -s - $@ || echo '$(flags)' >$@

# A fuzz target is linked with format/, analyze/ and what its `// fuzz-sources:` line names.
FUZZFLAGS := -g -O1 -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -fno-sanitize-recover=all
fuzz_also = $(patsubst %.c,$(F)/%.o,$(shell sed -n 's|^// fuzz-sources: *||p' $(1)))
$(F)/%.o: %.c
	$(call say,FUZZCC)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BASE) $(room) $(FUZZFLAGS) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<
$(FUZZ): $(F)/%: $(F)/tests/fuzz/%.o $(patsubst %.c,$(F)/%.o,$(FORMAT) $(filter-out %/main.c,$(ANALYZE))) $$(call fuzz_also,tests/fuzz/$$*.c)
	$(call say,LINK)
	$(Q)$(CLANG) $(FUZZFLAGS) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS)
fuzz-build: $(FUZZ)
fuzz: $(FUZZ) ## every fuzz target for FUZZ_SECONDS (60) each
	$(Q)FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) $(run) fuzz/

run = B='$(B)' F='$(F)' CC='$(CC)' CLANG='$(CLANG)' tests/run
can_fuzz = echo 'int LLVMFuzzerTestOneInput(void){return 0;}' | $(CLANG) -fsanitize=fuzzer -x c -o /dev/null - 2>/dev/null
check: deps-check ## every test, T='filter' and T=--no-live narrow it; the live tests need root
	$(Q)$(MAKE) all tests-build
	$(Q)if $(can_fuzz); then $(MAKE) fuzz-build; fi
	$(Q)$(run) $(T)
check-analyzer: analyzer $(TESTS) ## what can be tested without libbpf
	$(Q)ROOMS='format analyze' $(run) --no-live format/ analyze/ cli/
check-cross: analyzer $(WRITE_TAPES) ## the same as s390x (big-endian) and aarch64 programs, under qemu-user
	$(Q)sh .ci/deps cross
	$(Q)B='$(B)' MAKE='$(MAKE)' sh tests/cross/run
check-kernels: analyzer static $(B)/static/hello_server $(B)/static/hello_client ## the static recorder on Debian's 5.10, 6.1, 6.12, emulated
	$(Q)sh .ci/deps kernels
	$(Q)B='$(B)' sh tests/kernels/run $(T)
tests-build: $(TESTS) $(TORTURE) $(call tests,record)
lint: ## layers, names, headers, clang-format
	$(Q)$(run) lint/
goldens: all ## rewrite tests/cli/*.stdout from what the programs print now
	$(Q)B='$(B)' tests/cli/golden --write
bench: all $(BENCH) ## sizes and cost beside perf and trace-cmd, columns, speed (root); ONLY_PART=sizes
	$(Q)B='$(B)' CC='$(CC)' bash tests/bench/bench.sh
torture: all $(TORTURE) ## what tapes must survive: kill -9, power cuts, full disks, damage (root); QUICK=1 a minute
	$(if $(QUICK),,$(Q)$(MAKE) SAN=1 B='$(B)/san' '$(B)/san/tests/torture/damage')
	$(Q)work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT && TMP=$$work B='$(B)' TCPTAPE='$(abspath $(B))/tcptape' \
		TCPTAPE_RECORD='$(abspath $(B))/tcptape-record' DAMAGE='$(B)/$(if $(QUICK),,san/)tests/torture/damage' \
		QUICK='$(QUICK)' bash tests/torture/torture.sh
demo: deps ## install, build, record the hello exchange and show the tape
	$(Q)$(MAKE) all
	$(Q)B='$(B)' sh testdata/demo.sh
deps: ## install what the build needs (apt; root)
	$(Q)sh .ci/deps build
deps-check:
	$(Q)sh .ci/deps build tests

MAN := $(wildcard docs/*.[1-8])
LIBDIR ?= $(PREFIX)/lib
bindir = $(DESTDIR)$(PREFIX)/bin
# Completion for bash, zsh and fish, from the programs' own tables of options.
sharedir = $(DESTDIR)$(PREFIX)/share
COMPLETIONS = $(foreach p,tcptape tcptape-record,bash-completion/completions/$p zsh/site-functions/_$p fish/vendor_completions.d/$p.fish)
completion = $(foreach s,bash-completion/completions/$(1) zsh/site-functions/_$(1) fish/vendor_completions.d/$(1).fish,install -d '$(sharedir)/$(dir $s)' && \
	$(B)/$(1) completion $(firstword $(subst -, ,$(firstword $(subst /, ,$s)))) >'$(sharedir)/$s' &&) :
unitdir = $(DESTDIR)$(PREFIX)/lib/systemd/system
libdir = $(DESTDIR)$(LIBDIR)
incdir = $(DESTDIR)$(PREFIX)/include
mandir = $(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(1)))
man = $(foreach m,$(1),install -d '$(call mandir,$m)' && install -m 644 $m '$(call mandir,$m)' &&) :
install: install-analyzer install-lib $(B)/tcptape-record ## programs, library, man pages, unit to DESTDIR and PREFIX
	$(Q)install -m 755 $(B)/tcptape-record '$(bindir)'
	$(Q)$(call completion,tcptape-record)
	$(Q)install -d '$(unitdir)' && sed 's|/usr/local/bin|$(PREFIX)/bin|' docs/tcptape-record.service >'$(unitdir)/tcptape-record.service'
install-analyzer: analyzer ## the same without recorder and library
	$(Q)install -d '$(bindir)' && install -m 755 $(B)/tcptape '$(bindir)'
	$(Q)$(call completion,tcptape)
	$(Q)$(call man,$(filter-out %.3,$(MAN)))
install-lib: lib ## the library alone, with its header and pkg-config file
	$(Q)install -d '$(incdir)' '$(libdir)/pkgconfig' && install -m 644 format/tcptape.h '$(incdir)'
	$(Q)install -m 644 $(B)/libtcptape.a '$(libdir)' && install -m 755 $(B)/libtcptape.so '$(libdir)/$(SONAME)'
	$(Q)ln -sf $(SONAME) '$(libdir)/libtcptape.so' && $(call man,$(filter %.3,$(MAN)))
	$(Q)sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|' format/libtcptape.pc.in \
		>'$(libdir)/pkgconfig/libtcptape.pc'
uninstall: ## remove what install put there
	$(Q)rm -f '$(bindir)/tcptape' '$(bindir)/tcptape-record' '$(unitdir)/tcptape-record.service' '$(incdir)/tcptape.h' '$(libdir)/pkgconfig/libtcptape.pc' \
		$(foreach c,$(COMPLETIONS),'$(sharedir)/$c') \
		$(foreach l,libtcptape.a libtcptape.so $(SONAME),'$(libdir)/$l') $(foreach m,$(MAN),'$(call mandir,$m)/$(notdir $m)')
clean: ## remove build/
	$(Q)rm -rf build
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' Makefile
	@echo 'variables: CC SAN=1 LTO= WERROR=1 V=1 B CFLAGS LDFLAGS DESTDIR PREFIX LIBDIR T FUZZ_SECONDS'
FORCE:
.PHONY: all analyzer hello lib static check check-analyzer check-cross check-kernels tests-build lint goldens bench torture demo deps deps-check \
	fuzz fuzz-build install install-analyzer install-lib uninstall clean help FORCE
-include $(shell find $(B) $(F) -name '*.d' 2>/dev/null)
