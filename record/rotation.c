/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rotation.c -- names, dates of birth, and the order of going. */
#include "record/rotation.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/bytes.h"

enum { DIGITS = 6 };

static const uint64_t PATIENCE_NS = 10000000000;

/* A file that this recording made. */
struct made {
	uint32_t number;
	dev_t device;
	ino_t inode;
	uint64_t bytes;
};

struct rotation {
	const struct limits *limits;
	char *stem, *suffix; /* before and behind the number; owned */
	char *path, *next;   /* owned */
	size_t path_size;
	bool is_on, is_asked;
	uint64_t begun_ns, not_before_ns;
	struct made now;
	struct made *kept; /* finished, oldest first; owned */
	size_t count, cap;
	uint64_t kept_bytes;
};

/* Where the number goes: before the last dot of the file's own name. */
static size_t stem_len(const char *output)
{
	const char *slash = strrchr(output, '/'), *name = slash ? slash + 1 : output;
	const char *dot = strrchr(name, '.');

	return dot && dot > name ? (size_t)(dot - output) : strlen(output);
}

static void name_piece(const struct rotation *r, uint32_t number, char *out)
{
	if (r->is_on)
		snprintf(out, r->path_size, "%s-%0*u%s", r->stem, DIGITS, number, r->suffix);
	else
		snprintf(out, r->path_size, "%s%s", r->stem, r->suffix);
}

int rotation_new(const char *output, const struct limits *limits, struct rotation **out,
		 struct error *err)
{
	struct rotation *r = calloc(1, sizeof(*r));

	if (!r)
		return error_nomem(err);
	r->limits = limits;
	r->is_on = limits_rotate(limits);
	r->now.number = 1;
	r->path_size = strlen(output) + 16;
	r->stem = strndup(output, stem_len(output));
	r->suffix = strdup(output + stem_len(output));
	r->path = malloc(r->path_size);
	r->next = malloc(r->path_size);
	if (!r->stem || !r->suffix || !r->path || !r->next) {
		rotation_free(r);
		return error_nomem(err);
	}
	name_piece(r, 1, r->path);
	name_piece(r, 2, r->next);
	*out = r;
	return 0;
}

void rotation_free(struct rotation *r)
{
	if (!r)
		return;
	free(r->stem);
	free(r->suffix);
	free(r->path);
	free(r->next);
	free(r->kept);
	free(r);
}

/* `name` is `stem`, a dash, at least six digits, and the suffix. */
static bool is_piece(const struct rotation *r, const char *stem, const char *name)
{
	size_t len = strlen(stem), digits;

	if (strncmp(name, stem, len) != 0 || name[len] != '-')
		return false;
	name += len + 1;
	digits = strspn(name, "0123456789");
	return digits >= DIGITS && strcmp(name + digits, r->suffix) == 0;
}

int rotation_check(const struct rotation *r, struct error *err)
{
	const char *slash = strrchr(r->stem, '/'), *stem = slash ? slash + 1 : r->stem;
	struct dirent *e;
	char *dir_name;
	int rc = 0;
	DIR *dir;

	if (!r->is_on)
		return 0;
	dir_name = slash ? strndup(r->stem, (size_t)(slash - r->stem) + 1) : strdup(".");
	if (!dir_name)
		return error_nomem(err);
	dir = opendir(dir_name);
	while (dir && !rc && (e = readdir(dir)))
		if (is_piece(r, stem, e->d_name))
			rc = error_set(err, ERR_USAGE,
				       "%s%s exists, a piece of another recording: choose another "
				       "name or use --force",
				       slash ? dir_name : "", e->d_name);
	if (dir)
		closedir(dir);
	free(dir_name);
	return rc;
}

uint32_t rotation_number(const struct rotation *r)
{
	return r->is_on ? r->now.number : 0;
}

const char *rotation_path(const struct rotation *r)
{
	return r->path;
}

const char *rotation_next_path(const struct rotation *r)
{
	return r->next;
}

void rotation_begin(struct rotation *r, uint64_t now_ns)
{
	struct stat st;

	r->begun_ns = now_ns;
	r->is_asked = false;
	if (stat(r->path, &st))
		return;
	r->now.device = st.st_dev;
	r->now.inode = st.st_ino;
}

void rotation_ask(struct rotation *r)
{
	r->is_asked = true;
}

bool rotation_is_due(const struct rotation *r, uint64_t bytes, uint64_t now_ns)
{
	const struct limits *l = r->limits;

	if (!r->is_on || now_ns < r->not_before_ns)
		return false;
	return r->is_asked || (l->rotate_bytes && bytes >= l->rotate_bytes) ||
	       (l->rotate_ns && now_ns - r->begun_ns >= l->rotate_ns);
}

uint64_t rotation_due_ns(const struct rotation *r)
{
	uint64_t due_ns = r->begun_ns + r->limits->rotate_ns;

	if (!r->is_on || !r->limits->rotate_ns)
		return UINT64_MAX;
	return due_ns > r->not_before_ns ? due_ns : r->not_before_ns;
}

void rotation_postpone(struct rotation *r, uint64_t now_ns)
{
	r->not_before_ns = now_ns + PATIENCE_NS;
}

int rotation_advance(struct rotation *r, uint64_t bytes, struct error *err)
{
	void *kept = r->kept;
	char *path = r->path;

	if (!array_grow(&kept, &r->cap, r->count + 1, sizeof(*r->kept)))
		return error_nomem(err);
	r->kept = kept;
	r->now.bytes = bytes;
	r->kept[r->count++] = r->now;
	r->kept_bytes += bytes;
	r->now = (struct made){.number = r->now.number + 1};
	r->path = r->next;
	r->next = path;
	name_piece(r, r->now.number + 1, r->next);
	return 0;
}

uint64_t rotation_kept_bytes(const struct rotation *r)
{
	return r->kept_bytes;
}

bool rotation_has_too_many(const struct rotation *r)
{
	return r->limits->keep && r->count + 1 > r->limits->keep;
}

/* Gone, or another file by now: nothing of ours is left to delete. */
static bool is_ours(const struct made *m, const char *path)
{
	struct stat st;

	return m->inode && stat(path, &st) == 0 && st.st_dev == m->device && st.st_ino == m->inode;
}

int rotation_delete_oldest(struct rotation *r, struct error *err)
{
	char *path = malloc(r->path_size);
	struct made oldest;
	int rc = 0;

	if (!path)
		return error_nomem(err);
	if (r->count == 0) {
		free(path);
		return END;
	}
	oldest = r->kept[0];
	memmove(r->kept, r->kept + 1, --r->count * sizeof(*r->kept));
	r->kept_bytes -= oldest.bytes;
	name_piece(r, oldest.number, path);
	if (is_ours(&oldest, path) && unlink(path) && errno != ENOENT)
		rc = error_sys(err, errno, "cannot delete %s", path);
	free(path);
	return rc;
}
