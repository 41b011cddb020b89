/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/netns.h"

/* A host under $root: files stand for namespaces, links for those that processes share. */
struct host {
	char root[32];
	char path[128];
};

static const char *under(struct host *h, const char *path)
{
	snprintf(h->path, sizeof(h->path), "%s%s", h->root, path);
	return h->path;
}

static void make_folders(struct host *h, const char *path)
{
	char *slash;

	under(h, path);
	for (slash = strchr(h->path + strlen(h->root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(h->path, 0700);
		*slash = '/';
	}
}

static void put_space(struct host *h, const char *path)
{
	int fd;

	make_folders(h, path);
	fd = open(h->path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static void share_space(struct host *h, const char *from, const char *to)
{
	char old[128];

	snprintf(old, sizeof(old), "%s%s", h->root, from);
	make_folders(h, to);
	assert_int_equal(link(old, h->path), 0);
}

static struct host host_begin(void)
{
	struct host h = {.root = "/tmp/test_netns-XXXXXX"};

	assert_non_null(mkdtemp(h.root));
	return h;
}

static void host_end(struct host *h)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", h->root);
	assert_int_equal(system(command), 0);
}

static uint64_t inode_of(struct host *h, const char *path)
{
	struct stat st;

	assert_int_equal(stat(under(h, path), &st), 0);
	return st.st_ino;
}

static void each_namespace_is_found_once_and_the_own_one_first(void **state)
{
	struct host h = host_begin();
	struct netns_list l = {0};
	struct error err = {0};
	unsigned found = 0;

	(void)state;
	put_space(&h, "/proc/1/ns/net");
	put_space(&h, "/proc/self/ns/net");
	share_space(&h, "/proc/1/ns/net", "/proc/77/ns/net");
	share_space(&h, "/proc/self/ns/net", "/proc/78/ns/net");
	put_space(&h, "/proc/79/comm"); /* gone, or not ours to look at */
	put_space(&h, "/proc/sys/ns/net");
	put_space(&h, "/run/netns/blue");
	share_space(&h, "/proc/1/ns/net", "/run/netns/red");
	put_space(&h, "/run/docker/netns/0123");
	assert_int_equal(netns_collect(h.root, &l, &err), 0);
	assert_int_equal(l.count, 4);
	assert_false(l.is_cut);
	assert_int_equal(l.spaces[0].inode, inode_of(&h, "/proc/self/ns/net"));
	for (size_t i = 0; i < l.count; i++) {
		assert_true(fcntl(l.spaces[i].fd, F_GETFD) & FD_CLOEXEC);
		found += l.spaces[i].inode == inode_of(&h, "/proc/1/ns/net");
		found += l.spaces[i].inode == inode_of(&h, "/run/netns/blue");
		found += l.spaces[i].inode == inode_of(&h, "/run/docker/netns/0123");
	}
	assert_int_equal(found, 3);
	assert_int_equal(netns_enter(&l.spaces[0]), -EINVAL); /* a mere file */
	netns_release(&l);
	assert_int_equal(l.count, 0);
	host_end(&h);
}

static void without_proc_there_is_a_sentence(void **state)
{
	struct host h = host_begin();
	struct netns_list l = {0};
	struct error err = {0};

	(void)state;
	assert_int_equal(netns_collect(h.root, &l, &err), ERR_KERNEL);
	assert_non_null(strstr(err.text, "/proc/self/ns/net: No such file"));
	netns_release(&l);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_namespace_is_found_once_and_the_own_one_first),
		cmocka_unit_test(without_proc_there_is_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
