/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* spool.c -- an array that goes on in a temporary file. */
#include "analyze/spool.h"

#include <errno.h>
#include <stdlib.h>

#include "format/bytes.h"

static int add_to_file(struct spool *s, const struct spool_record *record, struct error *err)
{
	if (!s->rest)
		s->rest = tmpfile();
	if (!s->rest && errno == ENOMEM)
		return error_nomem(err);
	if (!s->rest || fwrite(record, sizeof(*record), 1, s->rest) != 1)
		return error_sys(err, errno, "a temporary file could not be written");
	return 0;
}

int spool_add(struct spool *s, const struct spool_record *record, struct error *err)
{
	void *records = s->records;

	if (s->count == SPOOL_IN_MEMORY)
		return add_to_file(s, record, err);
	if (!array_grow(&records, &s->cap, s->count + 1, sizeof(*s->records)))
		return error_nomem(err);
	s->records = records;
	s->records[s->count++] = *record;
	return 0;
}

int spool_next(struct spool *s, size_t *at, struct spool_record *out, struct error *err)
{
	if (*at < s->count) {
		*out = s->records[(*at)++];
		return 0;
	}
	if (!s->rest)
		return END;
	if (*at == s->count)
		rewind(s->rest);
	++*at;
	if (fread(out, sizeof(*out), 1, s->rest) == 1)
		return 0;
	return ferror(s->rest) ? error_sys(err, errno, "a temporary file could not be read") : END;
}

void spool_release(struct spool *s)
{
	if (s->rest)
		fclose(s->rest);
	free(s->records);
	*s = (struct spool){0};
}
