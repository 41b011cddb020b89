/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * wire.h -- the records that cross from bpf/ to record/, and where they do. Host byte order
 * unless said otherwise. May change any day; never written to disk.
 *
 * A record is a head, the socket as the kernel's events print it, what the event adds,
 * and last the IPv6 addresses, which are written for AF_INET6 only:
 *
 *	| head | sock | the event's own part | addrs6 |
 *
 * Everything beyond what a record's flags and its family announce is memory of
 * records long gone and must not be read.
 */
#ifndef BPF_WIRE_H
#define BPF_WIRE_H

#include <linux/types.h>

/* Typed programs have fixed numbers; generic events follow WIRE_TYPED_END. */
enum wire_event {
	WIRE_NONE = 0,
	WIRE_INET_SOCK_SET_STATE,
	WIRE_INET_SK_ERROR_REPORT,
	WIRE_SK_DATA_READY,
	WIRE_SOCK_SEND_LENGTH,
	WIRE_SOCK_RECV_LENGTH,
	WIRE_TCP_PROBE,
	WIRE_TCP_RCV_SPACE_ADJUST,
	WIRE_TCP_DESTROY_SOCK,
	WIRE_TCP_RECEIVE_RESET,
	WIRE_TCP_SEND_RESET,
	WIRE_TCP_RETRANSMIT_SKB,
	WIRE_TCP_RETRANSMIT_SYNACK,
	WIRE_TCP_CONG_STATE_SET,
	WIRE_TCP_SENDMSG_LOCKED,
	WIRE_TCP_RCVBUF_GROW,
	WIRE_TCP_CWND_REDUCTION_TP,
	WIRE_KFREE_SKB,
	WIRE_CONSUME_SKB,
	WIRE_SKB_COPY_DATAGRAM_IOVEC,
	WIRE_NETIF_RECEIVE_SKB,
	WIRE_SOCK_SUMMARY,  /* from inet_sock_set_state */
	WIRE_SOCK_SNAPSHOT, /* iterators, not through the ring */
	WIRE_LISTENER,      /* from inet_sock_set_state, and iterators */
	WIRE_TYPED_END,
	WIRE_EVENT_MAX = 4096, /* event numbers are below */
};

enum wire_flag {
	WIRE_HAS_SOCK = 1,    /* wire_sock is filled */
	WIRE_HAS_TCP = 2,     /* the counters of a full TCP socket are filled */
	WIRE_HAS_FLOW = 4,    /* wire_packet: IP header understood */
	WIRE_HAS_SEGMENT = 8, /* wire_packet: TCP header understood */
	WIRE_HAS_OWNER =
		16, /* wire_existing, wire_listener: pid, tid, comm (and fd) are the owner's */
	WIRE_HAS_INODE = 32,    /* wire_existing */
	WIRE_HAS_BACKLOG = 64,  /* the queues of a listener are filled */
	WIRE_HAS_MIN_RTT = 128, /* wire_tcp_totals: an RTT was measured */
};

/* What bpf/site.bpf.c shows of a stack, in words of 8 bytes. */
enum { WIRE_SITE_BELOW = 16, WIRE_SITE_WORDS = 64 };

/* What the program of an event does: a byte for each event number. */
enum wire_control {
	WIRE_SILENT = 0,
	WIRE_SEND = 1,
	WIRE_SHED = 2, /* count only */
};

/* What the reader of lanes and ring does. */
enum wire_reader {
	WIRE_READER_NAPS = 0, /* it comes by the clock, before there is much */
	WIRE_READER_AWAKE,    /* nobody has to wake it */
	WIRE_READER_SLEEPS,   /* the first record goes to the ring and wakes it */
};

/* With one part in so many of the ring full, programs wake the reader if it is not awake. */
enum { WIRE_WAKEUP_PART = 8 };

/* What did not become a record, for each event number and CPU. */
struct wire_missed {
	__u64 lost; /* there was no room in the ring */
	__u64 shed; /* left out because it was told to */
};

enum { WIRE_COMM = 16, WIRE_DEVICE = 16 };

/* Stands for a kernel function in the programs' calls. */
enum { WIRE_CALL_CAST = 0x00ca5700 };

/* Where the typed programs of one CPU write, x86-64 only. An interrupt that comes while one of
 * them is at work, and has events of its own, finds depth above 0; it is over before the other
 * goes on. That is why neither locks nor atomic operations are needed. */
struct wire_lane {
	__u64 head;  /* bytes sent so far: frames that are complete */
	__u64 depth; /* programs at work */
	__u8 pad[48];
	__u64 tail; /* bytes taken so far; the reader's. While it sleeps: as if the lane were full */
	__u8 pad2[56];
	/* WIRE_LANE_SPARES times WIRE_FRAME_MAX bytes for frames on their way to the ring,
	 * then the lane, a power of two and WIRE_FRAME_MAX: what begins in it may end behind. */
	__u8 data[];
};

/* Before each record in a lane, 8-byte aligned. */
struct wire_frame {
	__u32 len;        /* of the record */
	__u32 is_spilled; /* goes to the ring: the lane is full or another program is in it */
};

enum { WIRE_FRAME_MAX = 512, WIRE_LANE_SPARES = 4, WIRE_LANE_DATA = 2048 };

enum {
	WIRE_STACK_SLOTS = 32768,   /* stacks that the kernel side can tell apart */
	WIRE_STACK_FRAMES = 64,     /* of a stack at most, innermost first */
	WIRE_STACK_MISSING = 65535, /* instead of a number: asked for, and not to be had */
};

struct wire_head {
	__u64 ts_ns; /* CLOCK_BOOTTIME */
	__u32 pid;   /* thread group, as user space counts processes */
	__u32 tid;
	char comm[WIRE_COMM];
	__u16 event; /* enum wire_event, or a generic event's number */
	__u16 cpu;
	__u16 flags; /* enum wire_flag */
	__u16 stack; /* 1 + its slot in the table of stacks; 0 = not asked for */
};

struct wire_sock {
	__u64 skaddr;
	__u64 cookie; /* 0 = not known */
	__u32 netns;  /* inode number */
	__u16 protocol;
	__u16 family;
	__u16 sport; /* host order */
	__u16 dport;
	__u8 saddr[4];
	__u8 daddr[4];
	__u32 state; /* enum of TCP states; not part of the identity */
};

/* Written only when the family is AF_INET6. */
struct wire_addrs6 {
	__u8 saddr[16];
	__u8 daddr[16];
};

/* Only the socket: tcp_rcv_space_adjust, tcp_receive_reset. */
struct wire_sock_event {
	struct wire_head head;
	struct wire_sock sock;
	struct wire_addrs6 addrs6;
};

/* What waits at a listener. */
struct wire_queues {
	__u32 backlog;     /* connections that nobody has accepted */
	__u32 max_backlog; /* no more are let in once there are more than this */
	__u32 requests;    /* half-open */
	__u32 drops;       /* packets that it did not take, for whatever reason */
};

struct wire_data_ready {
	struct wire_head head;
	struct wire_sock sock;
	__u64 ip;
	__u32 backlog; /* WIRE_HAS_BACKLOG, and the next */
	__u32 max_backlog;
	struct wire_addrs6 addrs6;
};

struct wire_cong_state {
	struct wire_head head;
	struct wire_sock sock;
	__u8 cong_state;
	__u8 pad[7];
	struct wire_addrs6 addrs6;
};

/* A listener that ends, or is there when the recording does. */
struct wire_listener {
	struct wire_head head;
	struct wire_sock sock;
	struct wire_queues queues;
	struct wire_addrs6 addrs6;
};

/* sock_send_length, sock_recv_length, inet_sk_error_report (ret is the error). */
struct wire_sock_length {
	struct wire_head head;
	struct wire_sock sock;
	__s32 ret;
	__s32 flags;
	struct wire_addrs6 addrs6;
};

struct wire_tcp_counters {
	__u64 bytes_acked;
	__u64 bytes_received;
	__u32 srtt_us; /* already >> 3 */
	__u32 total_retrans;
	__u32 snd_una;
	__u32 rcv_nxt;
};

/* What a socket has done so far, by the names of struct tcp_info. */
struct wire_tcp_totals {
	__u64 bytes_sent;
	__u64 bytes_retrans;
	__u64 busy_us;
	__u64 rwnd_limited_us;
	__u64 sndbuf_limited_us;
	__u64 pacing_rate; /* bytes a second; all bits set = no limit */
	__u32 unacked;     /* segments under way, the next three of them */
	__u32 sacked;
	__u32 lost;
	__u32 retrans;
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
	__u32 rttvar_us;
	__u32 min_rtt_us; /* WIRE_HAS_MIN_RTT */
	__u32 rcv_rtt_us;
	__u32 snd_cwnd;
	__u32 snd_ssthresh;
	__u32 snd_mss;
	__u32 advmss;
	__u32 pmtu;
	__u32 rate_delivered; /* delivery rate: so many segments in so many us */
	__u32 rate_interval_us;
	char congestion[16]; /* the algorithm */
};

struct wire_set_state {
	struct wire_head head;
	struct wire_sock sock;
	__s32 oldstate;
	__s32 newstate;
	struct wire_tcp_counters tcp; /* WIRE_HAS_TCP */
	__s32 sk_err;
	__u8 sk_shutdown;
	__u8 is_done; /* the peer's FIN was received */
	__u8 pad[2];
	struct wire_addrs6 addrs6;
};

struct wire_destroy {
	struct wire_head head;
	struct wire_sock sock;
	struct wire_tcp_counters tcp; /* WIRE_HAS_TCP */
	struct wire_addrs6 addrs6;
};

struct wire_summary {
	struct wire_head head;
	struct wire_sock sock;
	struct wire_tcp_counters tcp;
	struct wire_tcp_totals totals;
	__s32 sk_err;
	__s32 state; /* that it closed from */
	struct wire_addrs6 addrs6;
};

struct wire_tcp_probe {
	struct wire_head head;
	struct wire_sock sock;
	__u64 skbaddr;
	__u32 mark;
	__u32 snd_nxt;
	__u32 snd_una;
	__u32 snd_cwnd;
	__u32 ssthresh;
	__u32 snd_wnd;
	__u32 srtt;
	__u32 rcv_wnd;
	__u32 rcv_nxt;
	__u16 data_len;
	__u8 pad[2];
	struct wire_addrs6 addrs6;
	__u8 pinet6_saddr[16]; /* AF_INET6: what the event prints as source */
};

/* The event prints two sockaddrs of its own. */
struct wire_send_reset {
	struct wire_head head;
	struct wire_sock sock; /* all 0 without a socket */
	__u64 skbaddr;
	__s32 state;
	__u32 reason;
	__u8 saddr[28]; /* 6.10 and later */
	__u8 daddr[28];
	struct wire_addrs6 addrs6;
};

struct wire_retransmit {
	struct wire_head head;
	struct wire_sock sock;
	__u64 skbaddr;
	__s32 state;
	__s32 err;
	__u32 seq;
	__u32 end_seq;
	__u8 ca_state;
	__u8 icsk_pending;
	__u16 segs; /* that the packet is made of */
	__u8 pad[4];
	struct wire_addrs6 addrs6;
};

/* The request's addresses; `sock` is the listener. */
struct wire_synack {
	struct wire_head head;
	struct wire_sock sock;
	__u64 req;
	__u16 family;
	__u16 sport;
	__u16 dport;
	__u8 pad[2];
	__u8 saddr[4];
	__u8 daddr[4];
	struct wire_queues queues; /* of the listener: WIRE_HAS_BACKLOG */
	struct wire_addrs6 addrs6;
	struct wire_addrs6 request6;
};

struct wire_sendmsg {
	struct wire_head head;
	struct wire_sock sock;
	__u64 skb_addr;
	__s32 skb_len;
	__s32 msg_left;
	__s32 size_goal;
	__u8 pad[4];
	struct wire_addrs6 addrs6;
};

struct wire_rcvbuf {
	struct wire_head head;
	struct wire_sock sock;
	__s32 time;
	__u32 rtt_us;
	__u32 copied;
	__u32 inq;
	__u32 space;
	__u32 ooo_space;
	__u32 rcvbuf;
	__u32 rcv_ssthresh;
	__u32 window_clamp;
	__u32 rcv_wnd;
	__u8 scaling_ratio;
	__u8 pad[7];
	struct wire_addrs6 addrs6;
};

struct wire_cwnd_reduction {
	struct wire_head head;
	struct wire_sock sock;
	__s32 newly_acked_sacked;
	__s32 newly_lost;
	__s32 flag;
	__u8 pad[4];
	struct wire_addrs6 addrs6;
};

/* Who talks to whom in a packet, as on the wire; no payload. */
struct wire_flow {
	__u16 proto; /* IP protocol number */
	__u16 family;
	__u16 sport; /* host order; 0 where there are no ports */
	__u16 dport;
	__u8 saddr[16]; /* IPv4 as ::ffff:a.b.c.d */
	__u8 daddr[16];
};

/* What becomes values lies together, here and before it: a row is copied in one piece. */
struct wire_packet {
	__u32 seq; /* WIRE_HAS_SEGMENT, up to the flow */
	__u32 ack;
	__u32 payload_bytes;
	__u8 tcp_flags;
	__u8 pad[3];
	struct wire_flow flow; /* WIRE_HAS_FLOW */
};

struct wire_skb {
	struct wire_head head;
	__u64 skbaddr;
	union {
		__u64 location; /* consume_skb */
		__s32 len;      /* skb_copy_datagram_iovec */
	};
	struct wire_packet packet;
	struct wire_sock sock; /* WIRE_HAS_SOCK */
	struct wire_addrs6 addrs6;
};

struct wire_kfree {
	struct wire_head head;
	__u64 skbaddr;
	__u64 location;
	__u64 rx_sk;
	__u32 reason;
	__u16 protocol; /* host order */
	__u8 pad[2];
	struct wire_packet packet;
	struct wire_sock sock; /* WIRE_HAS_SOCK: rx_sk, or else the skb's own */
	struct wire_addrs6 addrs6;
};

struct wire_receive {
	struct wire_head head;
	char name[WIRE_DEVICE];
	__u64 skbaddr;
	__u32 len;
	__u8 pad[4];
	struct wire_packet packet;
};

/* A generic event: the raw entry from its 8th byte on, then one slot for each field
 * whose data lies elsewhere. If it asks for stacks, last a u64: the innermost frame if
 * the stack in the table lacks it, else 0. */
enum {
	WIRE_COMMON_BYTES = 8, /* overwritten by the kernel before a program sees them */
	WIRE_ENTRY_MAX = 2048, /* bytes of an entry, with the common ones */
	WIRE_DYNAMIC_MAX = 8,  /* fields whose data lies elsewhere */
	WIRE_DYNAMIC_BYTES = 252,
};

struct wire_dynamic {
	__u16 len;  /* bytes in `data` */
	__u16 full; /* bytes the event had */
	__u8 data[WIRE_DYNAMIC_BYTES];
};

struct wire_generic {
	struct wire_head head;
	__u8 entry[];
};

/* Where a field with data elsewhere lies; the generic program's configuration. */
struct wire_dynamic_field {
	__u16 offset; /* in the raw entry */
	__u8 is_relative;
	__u8 pad;
};

/* What is to be recorded; constants of the programs. One value of every kind that is given
 * must fit. */
enum wire_kind {
	WIRE_BY_PORT = 1,
	WIRE_BY_ADDR = 2,
	WIRE_BY_SAMPLE = 4,
	WIRE_BY_NETNS = 8,
	WIRE_BY_CGROUP = 16,
	WIRE_BY_PID = 32,
	WIRE_BY_COMM = 64,
};

enum {
	WIRE_KIND_MAX = 16,     /* values of a kind; ports have no limit */
	WIRE_CGROUP_DEPTH = 16, /* a cgroup deeper than this is seen as its ancestor */
};

/* The part that can be asked of a task. */
struct wire_tasks {
	__u32 kinds; /* enum wire_kind, all of them */
	__u32 pid_count;
	__u32 comm_count;
	__u32 cgroup_count;
	__u32 pids[WIRE_KIND_MAX];
	__u64 comms[WIRE_KIND_MAX][WIRE_COMM / 8]; /* with NULs behind */
	__u64 cgroups[WIRE_KIND_MAX];              /* they and all below them */
};

/* Addresses as in wire_flow, as two words of memory. */
struct wire_prefix {
	__u64 addr[2];
	__u64 mask[2];
};

struct wire_selection {
	struct wire_tasks tasks;
	__u32 addr_count;
	__u32 netns_count;
	__u32 sample_max; /* the highest hash that is chosen */
	__u32 netns[WIRE_KIND_MAX];
	struct wire_prefix addrs[WIRE_KIND_MAX];
	__u16 port_first, port_last; /* the lowest that is chosen, and the highest */
	/* A bit each; that of 0 is set: a port that is not known may be chosen. */
	__u8 ports[65536 / 8];
};

/* A socket that existed when the recording began: iterators write these. */
struct wire_existing {
	struct wire_head head;
	struct wire_sock sock;
	struct wire_addrs6 addrs6;
	struct wire_tcp_counters tcp;  /* WIRE_HAS_TCP */
	struct wire_tcp_totals totals; /* the same */
	__u64 inode;
	struct wire_queues queues; /* WIRE_HAS_BACKLOG */
	__s32 fd;
	__u8 pad[4];
};

#define WIRE_SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), #type)
#define WIRE_AT(type, member, bytes)                                                               \
	_Static_assert(__builtin_offsetof(struct type, member) == (bytes), #type "." #member)

WIRE_SIZE(wire_lane, 128);
WIRE_SIZE(wire_frame, 8);
WIRE_SIZE(wire_head, 40);
WIRE_SIZE(wire_sock, 40);
WIRE_SIZE(wire_addrs6, 32);
WIRE_SIZE(wire_tcp_counters, 32);
WIRE_SIZE(wire_sock_event, 112);
WIRE_SIZE(wire_data_ready, 128);
WIRE_SIZE(wire_cong_state, 120);
WIRE_SIZE(wire_listener, 128);
WIRE_SIZE(wire_sock_length, 120);
WIRE_SIZE(wire_tcp_totals, 160);
WIRE_SIZE(wire_summary, 312);
WIRE_SIZE(wire_set_state, 160);
WIRE_AT(wire_set_state, addrs6, 128);
WIRE_SIZE(wire_destroy, 144);
WIRE_SIZE(wire_tcp_probe, 176);
WIRE_AT(wire_tcp_probe, addrs6, 128);
WIRE_SIZE(wire_send_reset, 184);
WIRE_SIZE(wire_retransmit, 144);
WIRE_SIZE(wire_synack, 184);
WIRE_SIZE(wire_sendmsg, 136);
WIRE_SIZE(wire_rcvbuf, 160);
WIRE_SIZE(wire_cwnd_reduction, 128);
WIRE_SIZE(wire_flow, 40);
WIRE_SIZE(wire_packet, 56);
WIRE_SIZE(wire_skb, 184);
WIRE_AT(wire_skb, packet, 56);
WIRE_SIZE(wire_kfree, 200);
WIRE_SIZE(wire_receive, 128);
WIRE_SIZE(wire_dynamic, 256);
WIRE_SIZE(wire_generic, 40);
WIRE_SIZE(wire_existing, 336);

#undef WIRE_SIZE
#undef WIRE_AT

#endif
