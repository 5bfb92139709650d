/* A header as board packages ship it. */
#ifndef __LWIPOPTS__H__
#define __LWIPOPTS__H__

#include <stdint.h>
#include "lwip/debug.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WITH_RTOS 1
#define BOARD_CONNECTIONS   (4 + 2)

#if WITH_RTOS
#define NO_SYS                  0
#else
#define NO_SYS                  1
#endif
#define MEM_ALIGNMENT           4
#define MEM_SIZE                (10*1024)
#define MEMP_NUM_PBUF           16
#define MEMP_NUM_UDP_PCB        6
#define MEMP_NUM_TCP_PCB        BOARD_CONNECTIONS
#define MEMP_NUM_TCP_PCB_LISTEN 2
#define MEMP_NUM_TCP_SEG        TCP_SND_QUEUELEN
#define PBUF_POOL_SIZE          8
#define PBUF_POOL_BUFSIZE       1524
#define LWIP_IPV6               0
#define LWIP_DHCP               1
#define LWIP_DNS                1
#define LWIP_ICMP               1
#define IP_DEFAULT_TTL          64

#define TCP_MSS                 ((u16_t)(1500 - 40))	/* MTU - headers */
#define TCP_WND                 (2*TCP_MSS)
#define TCP_SND_BUF             (TCP_MSS << 1)
#define TCP_SND_QUEUELEN        ((4 * (TCP_SND_BUF) + (TCP_MSS - 1))/(TCP_MSS))
#define TCP_QUEUE_OOSEQ         (WITH_RTOS ? 1 : 0)
#define TCP_LISTEN_BACKLOG      1
#define TCP_DEFAULT_LISTEN_BACKLOG 3U
#define LWIP_TCP_KEEPALIVE      1
#define TCP_KEEPIDLE_DEFAULT    60000UL

#define ARP_QUEUEING            1
#define ARP_QUEUE_LEN           2

/* The MAC computes checksums. */
#define CHECKSUM_BY_HARDWARE
#ifdef CHECKSUM_BY_HARDWARE
  #define CHECKSUM_GEN_IP                 0
  #define CHECKSUM_GEN_UDP                0
  #define CHECKSUM_GEN_TCP                0
  #define CHECKSUM_CHECK_IP               0
  #define CHECKSUM_CHECK_UDP              0
  #define CHECKSUM_CHECK_TCP              0
  #define CHECKSUM_GEN_ICMP               0
#else
  #define CHECKSUM_GEN_IP                 1
#endif

#define LWIP_STATS              0
#define LWIP_NETCONN            1
#define LWIP_SOCKET             1
#define TCPIP_THREAD_NAME       "TCP/IP"
#define TCPIP_THREAD_STACKSIZE  1024
#define DEFAULT_UDP_RECVMBOX_SIZE 4
#define LWIP_RAND()             ((u32_t)rand())
#define TCP_DEBUG               LWIP_DBG_OFF
#define IP_DEBUG                LWIP_DBG_ON
#define BOARD_LED               7
#define TCP_MSL                 board_msl()

#ifdef __cplusplus
}
#endif
#endif
