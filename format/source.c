/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* source.c -- bounded reads from a file, a pipe or memory. */
#include "format/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct source {
	char *name;
	int fd; /* -1 for memory */
	bool is_pipe;
	uint64_t size; /* UINT64_MAX for a pipe */
	const uint8_t *memory;
	struct buf window; /* bytes [start, start + window.len) */
	uint64_t start;
	uint64_t read_total;
	bool is_sparse;
	atomic_bool is_unfollowed; /* set by another thread */
};

static struct source *source_new(const char *name)
{
	struct source *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fd = -1;
	s->name = strdup(name);
	if (!s->name) {
		free(s);
		return NULL;
	}
	return s;
}

/* Takes `fd`, -1 with an errno. */
static int take_fd(struct source *s, int fd, struct error *err)
{
	struct stat st;

	s->fd = fd;
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return error_sys(err, errno, "cannot open %s", s->name);
	if (S_ISDIR(st.st_mode))
		return error_sys(err, EISDIR, "cannot read %s", s->name);
	s->is_pipe = !S_ISREG(st.st_mode);
	s->size = s->is_pipe ? UINT64_MAX : (uint64_t)st.st_size;
	return 0;
}

int source_open(const char *path, struct source **out, struct error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct source *s = source_new(is_stdin ? "standard input" : path);
	int rc;

	if (!s)
		return error_nomem(err);
	rc = take_fd(s, is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC), err);
	if (rc) {
		source_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

int source_open_fd(int fd, struct source **out, struct error *err)
{
	char name[40];
	struct source *s;
	int rc;

	snprintf(name, sizeof(name), "file descriptor %d", fd);
	s = source_new(name);
	if (!s)
		return error_nomem(err);
	rc = take_fd(s, fcntl(fd, F_DUPFD_CLOEXEC, 0), err);
	if (rc) {
		source_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

int source_open_memory(const void *data, size_t len, struct source **out, struct error *err)
{
	struct source *s = source_new("memory");

	if (!s)
		return error_nomem(err);
	s->memory = data;
	s->size = len;
	*out = s;
	return 0;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	buf_release(&s->window);
	free(s->name);
	free(s);
}

void source_read_sparsely(struct source *s)
{
	s->is_sparse = true;
}

void source_forget(struct source *s)
{
	if (source_can_grow(s))
		s->window.len = 0;
}

bool source_can_grow(const struct source *s)
{
	return s->fd >= 0 && !s->is_pipe;
}

void source_stop_following(struct source *s)
{
	atomic_store(&s->is_unfollowed, true);
}

bool source_is_followed(const struct source *s)
{
	return !atomic_load(&s->is_unfollowed);
}

uint64_t source_stamp(const struct source *s)
{
	struct stat st;
	long long fraction_ns;

	if (!source_can_grow(s) || fstat(s->fd, &st) != 0)
		return 0;
#ifdef __APPLE__ /* has another name for it */
	fraction_ns = st.st_mtimensec;
#else
	fraction_ns = st.st_mtim.tv_nsec;
#endif
	return (uint64_t)st.st_size * 1000003 + (uint64_t)st.st_mtime * 1000000000 +
	       (uint64_t)fraction_ns;
}

void source_wait(struct source *s)
{
	struct timespec moment = {.tv_nsec = 50000000};
	struct stat st;

	nanosleep(&moment, NULL);
	if (!source_can_grow(s))
		return;
	source_forget(s);
	if (fstat(s->fd, &st) == 0)
		s->size = (uint64_t)st.st_size;
}

uint64_t source_bytes_read(const struct source *s)
{
	return s->read_total;
}

uint64_t source_size(const struct source *s)
{
	return s->size;
}

const char *source_name(const struct source *s)
{
	return s->name;
}

static ssize_t read_some(struct source *s, uint8_t *to, size_t len, uint64_t offset)
{
	ssize_t n;

	do
		n = s->is_pipe ? read(s->fd, to, len) : pread(s->fd, to, len, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Extend the window until it reaches `end` or the data ends. */
static int window_fill(struct source *s, uint64_t end, struct error *err)
{
	enum { CHUNK = 256 << 10, SPARSE_CHUNK = 1024 };
	const size_t chunk = s->is_sparse ? SPARSE_CHUNK : CHUNK;

	while (s->start + s->window.len < end) {
		uint64_t missing = end - (s->start + s->window.len);
		size_t want = missing < chunk ? chunk : (size_t)missing;
		ssize_t n;

		if (!buf_reserve(&s->window, want))
			return error_nomem(err);
		n = read_some(s, s->window.data + s->window.len, want, s->start + s->window.len);
		if (n < 0)
			return error_sys(err, errno, "cannot read %s", s->name);
		if (n == 0)
			return 0;
		s->window.len += (size_t)n;
		s->read_total += (uint64_t)n;
	}
	return 0;
}

/* Forget bytes before `offset`; a pipe cannot forget what it has not read. */
static void window_drop(struct source *s, uint64_t offset)
{
	uint64_t skip = offset - s->start;

	if (skip >= s->window.len) {
		s->start = s->is_pipe ? s->start + s->window.len : offset;
		s->window.len = 0;
		return;
	}
	memmove(s->window.data, s->window.data + skip, s->window.len - (size_t)skip);
	s->window.len -= (size_t)skip;
	s->start += skip;
}

/* A pipe reaches a far offset by reading what lies before it; it never waits for more. */
static int pipe_skip(struct source *s, uint64_t offset, struct error *err)
{
	for (;;) {
		uint64_t before = s->start + s->window.len;

		if (before >= offset)
			return 0;
		window_drop(s, before);
		TRY(window_fill(s, before + 1, err));
		if (s->window.len == 0)
			return 0;
	}
}

static int window_read(struct source *s, uint64_t offset, size_t len, struct error *err)
{
	if (offset < s->start) {
		if (s->is_pipe)
			return error_set(err, ERR_IO, "cannot go back in %s", s->name);
		s->start = offset;
		s->window.len = 0;
	}
	if (offset > s->start && offset + len > s->start + s->window.len)
		window_drop(s, offset);
	if (s->is_pipe)
		TRY(pipe_skip(s, offset, err));
	return window_fill(s, offset + len, err);
}

int source_read(struct source *s, uint64_t offset, size_t len, struct view *out, struct error *err)
{
	const uint8_t *data = s->memory;
	uint64_t start = 0, have = s->size;

	if (offset > UINT64_MAX - len)
		return error_set(err, ERR_IO, "offset beyond any file");
	if (s->fd >= 0) {
		TRY(window_read(s, offset, len, err));
		data = s->window.data;
		start = s->start;
		have = s->window.len;
	}
	if (offset < start || offset - start >= have) {
		*out = view_of(data, 0);
		return 0;
	}
	have -= offset - start;
	*out = view_of(data + (offset - start), have < len ? (size_t)have : len);
	return 0;
}

int source_is_same(struct source *s, uint64_t offset, struct view lent, bool *out,
		   struct error *err)
{
	uint8_t now[256];
	ssize_t n;

	*out = true;
	if (!source_can_grow(s))
		return 0;
	for (; *out && view_len(lent) > 0; offset += (uint64_t)n, lent.p += n) {
		size_t want = view_len(lent) < sizeof(now) ? view_len(lent) : sizeof(now);

		n = read_some(s, now, want, offset);
		if (n < 0)
			return error_sys(err, errno, "cannot read %s", s->name);
		*out = n > 0 && memcmp(now, lent.p, (size_t)n) == 0;
	}
	return 0;
}
