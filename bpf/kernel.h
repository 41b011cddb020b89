/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kernel.h -- the kernel's types, only the members that are read here. Offsets and
 * sizes are those of the running kernel: libbpf relocates every access from its BTF.
 * What differs between kernels is in kernel_compat.h.
 */
#ifndef BPF_KERNEL_H
#define BPF_KERNEL_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

/* BPF_PROG() gives every program a ctx, wanted or not. */
#pragma clang diagnostic ignored "-Wunused-parameter"

/* What is rarely done, or large: a function with a stack of its own. With less than 64 bytes a program
 * stays on the kernel's; with more, newer kernels give it one in memory that is not in any cache (6.13). */
#define OUT_OF_LINE static __attribute__((noinline, unused))

/* What is seldom done is moved out of the way of what is: programs are many, and share a small cache. */
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define KERNEL_TYPE __attribute__((preserve_access_index))

/* UAPI and ABI values that BTF does not carry. */
enum {
	AF_INET = 2,
	AF_INET6 = 10,
	ETH_P_IP = 0x0800,
	ETH_P_IPV6 = 0x86dd,
	IPPROTO_HOPOPTS = 0,
	IPPROTO_TCP = 6,
	IPPROTO_UDP = 17,
	IPPROTO_DCCP = 33,
	IPPROTO_ROUTING = 43,
	IPPROTO_FRAGMENT = 44,
	IPPROTO_DSTOPTS = 60,
	IPPROTO_SCTP = 132,
	IPPROTO_UDPLITE = 136,
	SOCK_STREAM = 1,
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT = 2,
	TCP_SYN_RECV = 3,
	TCP_TIME_WAIT = 6,
	TCP_CLOSE = 7,
	TCP_CLOSE_WAIT = 8,
	TCP_LISTEN = 10,
	TCP_NEW_SYN_RECV = 12,
	TCP_CA_CWR = 2,
	TCP_CA_RECOVERY = 3,
};

enum sock_flags { SOCK_DONE = 1 };

/* What programs on classic tracepoints return: 0 would make the kernel skip every perf user
 * of the event. Typed ones have no such power. */
enum { OTHERS_SEE_IT = 1 };

struct in6_addr {
	union {
		__be32 u6_addr32[4];
	} in6_u;
} KERNEL_TYPE;

struct ns_common {
	unsigned int inum;
} KERNEL_TYPE;

struct net {
	struct ns_common ns;
} KERNEL_TYPE;

typedef struct {
	struct net *net;
} KERNEL_TYPE possible_net_t;

typedef struct {
	int counter;
} KERNEL_TYPE atomic_t;

typedef struct {
	__s64 counter;
} KERNEL_TYPE atomic64_t;

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
	unsigned long skc_flags;
} KERNEL_TYPE;

struct kernfs_node {
	__u64 id;
} KERNEL_TYPE;

struct cgroup {
	int level;
	struct kernfs_node *kn;
} KERNEL_TYPE;

struct inode {
	unsigned long i_ino;
} KERNEL_TYPE;

struct file {
	struct inode *f_inode;
} KERNEL_TYPE;

struct socket {
	struct file *file;
	struct sock *sk;
} KERNEL_TYPE;

struct sock {
	struct sock_common __sk_common;
	int sk_rcvbuf;
	__u16 sk_type;
	__u16 sk_protocol;
	int sk_err;
	__u8 sk_shutdown;
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
	atomic_t sk_drops;
	unsigned long sk_pacing_rate;
	struct socket *sk_socket;
} KERNEL_TYPE;

struct tcp_congestion_ops {
	char name[16];
} KERNEL_TYPE;

struct minmax_sample {
	__u32 v;
} KERNEL_TYPE;

struct minmax {
	struct minmax_sample s[3];
} KERNEL_TYPE;

struct ipv6_pinfo {
	struct in6_addr saddr;
} KERNEL_TYPE;

struct inet_sock {
	struct sock sk;
	struct ipv6_pinfo *pinet6;
	__be32 inet_saddr;
	__be16 inet_sport;
} KERNEL_TYPE;

struct request_sock_queue {
	atomic_t qlen;
} KERNEL_TYPE;

struct inet_connection_sock {
	struct inet_sock icsk_inet;
	struct request_sock_queue icsk_accept_queue;
	__u32 icsk_pmtu_cookie;
	const struct tcp_congestion_ops *icsk_ca_ops;
	__u8 icsk_ca_state : 5;
	__u8 icsk_pending;
} KERNEL_TYPE;

struct rb_node;

struct rb_root {
	struct rb_node *rb_node;
} KERNEL_TYPE;

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	__u32 snd_una;
	__u32 snd_nxt;
	__u32 snd_wnd;
	__u32 snd_cwnd;
	__u32 snd_ssthresh;
	__u32 srtt_us;
	__u32 rcv_nxt;
	__u32 rcv_wnd;
	__u32 copied_seq;
	__u32 rcv_ssthresh;
	__u32 window_clamp;
	__u32 total_retrans;
	__u64 bytes_sent;
	__u64 bytes_retrans;
	__u64 bytes_acked;
	__u64 bytes_received;
	__u32 packets_out;
	__u32 sacked_out;
	__u32 lost_out;
	__u32 retrans_out;
	__u32 segs_out;
	__u32 segs_in;
	__u32 data_segs_out;
	__u32 data_segs_in;
	__u32 delivered;
	__u32 delivered_ce;
	__u32 dsack_dups;
	__u32 reordering;
	__u32 reord_seen;
	__u32 rcv_ooopack;
	__u32 mdev_us;
	struct minmax rtt_min;
	__u32 mss_cache;
	__u16 advmss;
	__u32 rate_delivered;
	__u32 rate_interval_us;
	__u32 chrono_start;
	__u32 chrono_stat[3];
	__u8 chrono_type : 2;
	struct {
		__u32 rtt_us;
	} rcv_rtt_est;
	struct {
		int space;
		__u32 seq;
	} rcvq_space;
	struct rb_root out_of_order_queue;
	struct sk_buff *ooo_last_skb;
} KERNEL_TYPE;

struct request_sock {
	struct sock_common __req_common;
} KERNEL_TYPE;

struct iov_iter {
	__u64 count;
} KERNEL_TYPE;

struct msghdr {
	struct iov_iter msg_iter;
} KERNEL_TYPE;

struct net_device {
	char name[16];
	possible_net_t nd_net;
} KERNEL_TYPE;

/* tail and end are offsets from head on 64-bit machines. */
struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	char cb[48];
	unsigned int len;
	__u32 mark;
	__be16 protocol;
	__u16 network_header;
	__u32 tail;
	unsigned char *head;
	unsigned char *data;
} KERNEL_TYPE;

struct tcphdr {
	__u16 doff : 4;
} KERNEL_TYPE;

/* What TCP keeps in sk_buff.cb. */
struct tcp_skb_cb {
	__u32 seq;
	__u32 end_seq;
	__u16 tcp_gso_segs;
} KERNEL_TYPE;

struct task_struct {
	int pid;
	int tgid;
	char comm[16];
} KERNEL_TYPE;

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} KERNEL_TYPE;

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
} KERNEL_TYPE;

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
} KERNEL_TYPE;

#endif
