/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "testdata/hello/peer.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_BYTES 65536
#define POLL_US 2000

struct peer_addr peer_addr_parse(const char *text)
{
	struct peer_addr out = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out.addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out.addr;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		out.size = sizeof(*v4);
	} else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		out.size = sizeof(*v6);
	} else {
		errx(2, "'%s' is not a numeric IPv4 or IPv6 address", text);
	}
	return out;
}

static in_port_t *port_of(struct peer_addr *addr)
{
	if (addr->addr.ss_family == AF_INET)
		return &((struct sockaddr_in *)&addr->addr)->sin_port;
	return &((struct sockaddr_in6 *)&addr->addr)->sin6_port;
}

void peer_addr_set_port(struct peer_addr *addr, uint16_t port)
{
	*port_of(addr) = htons(port);
}

uint16_t peer_addr_port(const struct peer_addr *addr)
{
	struct peer_addr copy = *addr;

	return ntohs(*port_of(&copy));
}

void peer_addr_name(const struct peer_addr *addr, char name[PEER_NAME_SIZE])
{
	char text[INET6_ADDRSTRLEN] = "?";
	bool is_v4 = addr->addr.ss_family == AF_INET;

	if (is_v4)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)&addr->addr)->sin_addr, text,
			  sizeof(text));
	else
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)&addr->addr)->sin6_addr, text,
			  sizeof(text));
	snprintf(name, PEER_NAME_SIZE, is_v4 ? "%s:%u" : "[%s]:%u", text, peer_addr_port(addr));
}

struct peer_addr peer_addr_of(int fd, bool is_remote)
{
	struct peer_addr out = {.size = sizeof(out.addr)};
	struct sockaddr *addr = (struct sockaddr *)&out.addr;
	int rc = is_remote ? getpeername(fd, addr, &out.size) : getsockname(fd, addr, &out.size);

	/* A peer that has reset already has no name any more. */
	if (rc && errno != ENOTCONN)
		err(1, "cannot tell the address of a socket");
	return out;
}

/* The other side's doing, or a reason to stop. */
static enum peer_result lost(const char *what)
{
	if (errno == ECONNRESET || errno == EPIPE)
		return PEER_RESET;
	err(1, "%s", what);
}

enum peer_result peer_send(int fd, const char *text, uint64_t size)
{
	char chunk[CHUNK_BYTES];
	size_t period = strlen(text);
	uint64_t sent = 0;

	for (size_t i = 0; i < sizeof(chunk) && i < size + period; i++)
		chunk[i] = text[i % period];
	while (sent < size) {
		size_t from = sent % period;
		size_t room = sizeof(chunk) - from;
		uint64_t left = size - sent;
		ssize_t n = send(fd, chunk + from, left < room ? left : room, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return lost("send");
		if (n > 0)
			sent += (uint64_t)n;
	}
	return PEER_DONE;
}

/* As recv(), but EINTR never shows. */
static ssize_t receive_some(int fd, char *buf, uint64_t size, int flags)
{
	ssize_t n;

	do {
		n = recv(fd, buf, size < CHUNK_BYTES ? size : CHUNK_BYTES, flags);
	} while (n < 0 && errno == EINTR);
	return n;
}

enum peer_result peer_receive(int fd, uint64_t size, char *head, size_t head_size)
{
	char chunk[CHUNK_BYTES];
	uint64_t received = 0;

	head[0] = 0;
	while (received < size) {
		ssize_t n = receive_some(fd, chunk, size - received, 0);

		if (n < 0)
			return lost("recv");
		if (n == 0)
			return PEER_ENDED;
		for (ssize_t i = 0; i < n && received + (uint64_t)i + 1 < head_size; i++) {
			head[received + (uint64_t)i] = chunk[i];
			head[received + (uint64_t)i + 1] = 0;
		}
		received += (uint64_t)n;
	}
	return PEER_DONE;
}

enum peer_result peer_await(int fd, uint64_t size)
{
	char chunk[CHUNK_BYTES];

	if (size && receive_some(fd, chunk, size, MSG_PEEK | MSG_WAITALL) < 0)
		return lost("recv");
	return PEER_DONE;
}

enum peer_result peer_drain(int fd)
{
	char chunk[CHUNK_BYTES];
	ssize_t n;

	while ((n = receive_some(fd, chunk, sizeof(chunk), 0)) > 0)
		;
	return n ? lost("recv") : PEER_ENDED;
}

void peer_close(int fd, bool is_reset)
{
	struct linger linger = {.l_onoff = 1};

	if (is_reset && setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		err(1, "SO_LINGER");
	close(fd);
}

void peer_sleep(uint64_t us)
{
	struct timespec t = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

void peer_hold(uint64_t hold_us, const char *hold_until)
{
	/* Even a sleep of 0 takes the timer slack, 50 us. */
	if (hold_us)
		peer_sleep(hold_us);
	while (hold_until && access(hold_until, F_OK))
		peer_sleep(POLL_US);
}

void peer_announce(const char *path, uint16_t port)
{
	char draft[PATH_MAX];
	FILE *f;

	if (!path)
		return;
	if (snprintf(draft, sizeof(draft), "%s.%ld", path, (long)getpid()) >= (int)sizeof(draft))
		errx(1, "%s: the name is too long", path);
	f = fopen(draft, "w");
	if (!f || fprintf(f, "%u\n", port) < 0 || fclose(f) || rename(draft, path))
		err(1, "%s", path);
}

bool peer_join(uint64_t children)
{
	bool is_fine = true;
	int status;

	while (children--) {
		if (wait(&status) < 0)
			err(1, "wait");
		is_fine &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	return is_fine;
}
