#include "ctl/groups.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/socket.h>

#include "conf/format.h"
#include "ctl/run.h"

/* The address as text; empty if it is of another kind. */
static void address_text(const struct sockaddr *address, char out[INET6_ADDRSTRLEN])
{
    out[0] = '\0';
    if (address && address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, out,
                  INET6_ADDRSTRLEN);
    } else if (address && address->sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, out,
                  INET6_ADDRSTRLEN);
    }
}

static void add_member(json_t *interface, const char *name, const char *text)
{
    const char *before = member_text(interface, name);
    struct bytes both = {0};
    format_add(&both, "%s%s%s", before, *before ? ", " : "", text);
    json_object_set_new(interface, name, json_stringn((const char *)both.ptr, both.len));
    bytes_finish(&both);
}

static void add_address(json_t *interface, const char *name, const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN];
    address_text(address, text);
    if (*text) {
        add_member(interface, name, text);
    }
}

static void add_hardware(json_t *interface, const struct sockaddr *address)
{
    const struct sockaddr_ll *link = (const struct sockaddr_ll *)(const void *)address;
    struct bytes text = {0};
    for (size_t i = 0; i < link->sll_halen && i < sizeof link->sll_addr; i++) {
        format_add(&text, "%s%X", i > 0 ? ":" : "", link->sll_addr[i]);
    }
    json_object_set_new(interface, "hwaddr",
                        json_stringn(text.len > 0 ? (const char *)text.ptr : "", text.len));
    bytes_finish(&text);
}

static void set_flags(json_t *interface, unsigned flags)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{IFF_UP, "up"},
                 {IFF_BROADCAST, "broadcast"},
                 {IFF_LOOPBACK, "loopback"},
                 {IFF_POINTOPOINT, "pointtopoint"},
                 {IFF_RUNNING, "running"},
                 {IFF_MULTICAST, "multicast"}};
    json_object_set_new(interface, "flags", json_string(""));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (flags & names[i].bit) {
            add_member(interface, "flags", names[i].name);
        }
    }
}

/* {"lo":{"flags":…,"addr":…}} of this machine, which is the broker's. */
static json_t *find_interfaces(void)
{
    struct ifaddrs *list = NULL;
    json_t *interfaces = json_object();
    if (getifaddrs(&list) < 0) {
        return interfaces;
    }
    for (const struct ifaddrs *at = list; at; at = at->ifa_next) {
        json_t *interface = json_object_get(interfaces, at->ifa_name);
        if (!interface) {
            interface = json_object();
            json_object_set_new(interfaces, at->ifa_name, interface);
            set_flags(interface, at->ifa_flags);
        }
        if (at->ifa_addr && at->ifa_addr->sa_family == AF_PACKET) {
            add_hardware(interface, at->ifa_addr);
        } else {
            add_address(interface, "addr", at->ifa_addr);
            add_address(interface, "netmask", at->ifa_netmask);
        }
    }
    freeifaddrs(list);
    return interfaces;
}

static void print_interfaces(const struct run *run, json_t *interfaces)
{
    const char *name, *member;
    json_t *interface, *value;
    json_object_foreach(interfaces, name, interface)
    {
        fprintf(run->out, "Interface %s\n\n", name);
        json_object_foreach(interface, member, value)
        {
            fprintf(run->out, "%s: %s\n", member, json_string_value(value));
        }
        fputs("\n\n", run->out);
    }
}

static int list_network_interfaces(struct run *run)
{
    run_banner(run, "Asking node %s to report its network interfaces ...", run_node(run));
    json_t *interfaces = find_interfaces();
    if (run_wants_data(run)) {
        json_t *told = json_pack("{s:O,s:s,s:s}", "interfaces", interfaces, "node", run_node(run),
                                 "result", "ok");
        run_tell(run, told);
    } else {
        print_interfaces(run, interfaces);
    }
    json_decref(interfaces);
    return EXIT_OK;
}

static json_t *resolve(const char *host, int family, int *error)
{
    struct addrinfo *list = NULL;
    const struct addrinfo wanted = {.ai_family = family, .ai_socktype = SOCK_STREAM};
    char text[INET6_ADDRSTRLEN];
    json_t *addresses = json_array();
    *error = getaddrinfo(host, NULL, &wanted, &list);
    for (const struct addrinfo *at = *error ? NULL : list; at; at = at->ai_next) {
        address_text(at->ai_addr, text);
        json_array_append_new(addresses, json_string(text));
    }
    if (list) {
        freeaddrinfo(list);
    }
    return addresses;
}

static void print_addresses(struct run *run, json_t *addresses, const char *family)
{
    size_t index;
    json_t *address;
    if (run->formatter == FORMATTER_JSON) {
        json_t *told =
            json_pack("{s:s,s:O,s:s,s:s,s:s}", "address_family", family, "addresses", addresses,
                      "hostname", run_argument(run, 0), "node", run_node(run), "result", "ok");
        run_tell(run, told);
        return;
    }
    json_array_foreach(addresses, index, address)
    {
        run_say(run, "%s", json_string_value(address));
    }
}

/* The broker is on this machine, and asks the same resolver. */
static int resolve_hostname(struct run *run)
{
    int error;
    const char *host = run_argument(run, 0);
    const char *family = options_value(&run->options, "address-family");
    bool ipv6 = family && strcasecmp(family, "ipv6") == 0;
    if (family && !ipv6 && strcasecmp(family, "ipv4") != 0) {
        return run_misuse(run, EXIT_USAGE,
                          "\"unsupported address family %s. Valid values are: ipv4, ipv6\"",
                          family);
    }
    family = ipv6 ? "IPv6" : "IPv4";
    run_banner(run, "Asking node %s to resolve hostname %s to %s addresses...", run_node(run), host,
               family);
    json_t *addresses = resolve(host, ipv6 ? AF_INET6 : AF_INET, &error);
    int code = EXIT_OK;
    if (error) {
        code = run_fail(run, EXIT_DATA, "Hostname does not resolve (resolution failed with an %s)",
                        error == EAI_NONAME ? "nxdomain" : gai_strerror(error));
    } else {
        print_addresses(run, addresses, family);
    }
    json_decref(addresses);
    return code;
}

static int discover_peers(struct run *run)
{
    run_banner(run, "Discovering peers nodes ...");
    return run_say(run, "No peers discovered");
}

static const struct command commands[] = {
    {.name = "discover_peers",
     .usage = "",
     .help = "Finds none: there is a single node",
     .run = discover_peers},
    {.name = "list_network_interfaces",
     .usage = "",
     .help = "Lists the network interfaces of this machine",
     .options = "offline",
     .run = list_network_interfaces},
    {.name = "resolve_hostname",
     .usage = "<hostname> [--address-family <ipv4 | ipv6>]",
     .help = "Resolves a hostname to addresses",
     .options = "address-family= offline",
     .least = 1,
     .most = 1,
     .run = resolve_hostname},
};

const struct command_group group_network = COMMAND_GROUP("Network", commands);
