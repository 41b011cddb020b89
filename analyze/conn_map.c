/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * conn_map.c -- open addressing; numbers are dense, so their low bits spread well.
 */
#include "analyze/conn_map.h"

#include <stdlib.h>

#include "format/hash.h"

enum { FIRST_SIZE = 64 };

void conn_map_release(struct conn_map *m)
{
	free(m->entries);
	*m = (struct conn_map){0};
}

static size_t home(const struct conn_map *m, uint64_t conn)
{
	return (size_t)(hash_mix(5, conn) >> 20) & (m->size - 1);
}

/* The entry of conn, or the free one where it belongs. The map is never full. */
static struct conn_entry *locate(const struct conn_map *m, uint64_t conn)
{
	size_t i = home(m, conn);

	while (m->entries[i].conn && m->entries[i].conn != conn)
		i = (i + 1) & (m->size - 1);
	return &m->entries[i];
}

static bool grow(struct conn_map *m)
{
	struct conn_map old = *m;

	m->size = old.size ? old.size * 2 : FIRST_SIZE;
	m->entries = calloc(m->size, sizeof(*m->entries));
	if (!m->entries) {
		*m = old;
		return false;
	}
	for (size_t i = 0; i < old.size; i++)
		if (old.entries[i].conn)
			*locate(m, old.entries[i].conn) = old.entries[i];
	free(old.entries);
	return true;
}

bool conn_map_set(struct conn_map *m, uint64_t conn, void *value)
{
	struct conn_entry *e = m->size ? locate(m, conn) : NULL;

	if (e && e->conn) {
		e->value = value;
		return true;
	}
	if (m->count * 2 >= m->size && !grow(m))
		return false;
	*locate(m, conn) = (struct conn_entry){.conn = conn, .value = value};
	m->count++;
	return true;
}

void *conn_map_find(const struct conn_map *m, uint64_t conn)
{
	return m->size ? locate(m, conn)->value : NULL;
}

/* Those behind the gap that belong before it move up, so that no search stops short. */
void conn_map_remove(struct conn_map *m, uint64_t conn)
{
	struct conn_entry *e = m->size ? locate(m, conn) : NULL;
	size_t gap, i;

	if (!e || !e->conn)
		return;
	gap = i = (size_t)(e - m->entries);
	while (i = (i + 1) & (m->size - 1), m->entries[i].conn) {
		size_t distance = (i - home(m, m->entries[i].conn)) & (m->size - 1);

		if (distance >= ((i - gap) & (m->size - 1))) {
			m->entries[gap] = m->entries[i];
			gap = i;
		}
	}
	m->entries[gap] = (struct conn_entry){0};
	m->count--;
}
