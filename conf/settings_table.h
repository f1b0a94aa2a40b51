#ifndef CONF_SETTINGS_TABLE_H
#define CONF_SETTINGS_TABLE_H

#include "conf/choices.h"

/* Every setting, once. The struct, the parser's knowledge, --help-settings and docs/settings.md
 * are expanded from these rows.
 *
 *     G(name, title)  begins a group
 *     S(key, field, type, default, allowed, unit, effect, help)
 *
 * key      as in the file. `$name` stands for one part that the user chooses; a final `*` for one
 *          or more parts. The first row that fits a key has it.
 * default  in the file's own syntax; "" leaves it unset. Lists: items separated by blanks.
 * allowed  alternatives separated by `|`: words, numbers and ranges such as 0..65535. Of a text the
 *          range is its length. "" is anything.
 * effect   NOW; LATER: accepted, checked and kept, but a later version will act on it; or NEVER:
 *          accepted, so that files for RabbitMQ are, but there is nothing for it to change. */
#define SETTINGS(G, S)                                                                             \
    G(listeners, "Listeners")                                                                      \
    S("listeners.tcp.$name", listeners_tcp, listeners, "5672", "", "", NOW,                        \
      "Where AMQP is served: a port on all addresses of IPv4 and IPv6, address:port, "             \
      "[address]:port, or unix:/path. Port 0 takes a free one. `listeners.tcp = none` turns "      \
      "them off.")                                                                                 \
    S("listeners.ssl.$name", listeners_ssl, listeners, "", "", "", NOW,                            \
      "Where AMQP over TLS is served, customarily on 5671; needs ssl_options.")                    \
    S("handshake_timeout", handshake_timeout, number, "10000", "1..4294967295|infinity",           \
      "milliseconds", NOW, "A connection must be open this long after it was accepted.")           \
    S("reverse_dns_lookups", reverse_dns_lookups, flag, "false", "", "", NEVER,                    \
      "Show peers by name instead of by address: they are shown by address.")                      \
    S("proxy_protocol", proxy_protocol, flag, "false", "", "", LATER,                              \
      "Expect the PROXY protocol's header in front of every connection.")                          \
    G(sockets, "Sockets")                                                                          \
    S("tcp_listen_options", tcp_listen_options, choice, "", "none", "", NOW,                       \
      "`none` is accepted; the options below keep their defaults.")                                \
    S("tcp_listen_options.backlog", tcp_backlog, number, "128", "1..65535", "connections", NOW,    \
      "Connections that may wait to be accepted.")                                                 \
    S("tcp_listen_options.nodelay", tcp_nodelay, flag, "true", "", "", NOW,                        \
      "TCP_NODELAY: send small segments at once.")                                                 \
    S("tcp_listen_options.sndbuf", tcp_sndbuf, number, "0", "0..2147483647", "octets", NOW,        \
      "Size of the system's send buffer; 0 leaves it to the system.")                              \
    S("tcp_listen_options.recbuf", tcp_recbuf, number, "0", "0..2147483647", "octets", NOW,        \
      "Size of the system's receive buffer; 0 leaves it to the system.")                           \
    S("tcp_listen_options.keepalive", tcp_keepalive, flag, "false", "", "", NOW,                   \
      "SO_KEEPALIVE: let TCP find out about dead peers.")                                          \
    S("tcp_listen_options.linger.on", tcp_linger_on, flag, "false", "", "", NOW,                   \
      "SO_LINGER: a close waits for unsent data, for linger.timeout at most.")                     \
    S("tcp_listen_options.linger.timeout", tcp_linger_timeout, number, "0", "0..65535", "seconds", \
      NOW, "How long a close waits for unsent data; 0 resets the connection.")                     \
    S("tcp_listen_options.*", tcp_other, kept, "", "", "", NEVER,                                  \
      "Other socket options of RabbitMQ: exit_on_close, send_timeout, buffer and so on.")          \
    G(tls, "TLS")                                                                                  \
    S("ssl_options", ssl_options, choice, "", "none", "", NOW,                                     \
      "`none` is accepted; the options below keep their defaults.")                                \
    S("ssl_options.cacertfile", ssl_cacertfile, text, "", "", "", NOW,                             \
      "Certificates of the authorities that client certificates are checked against, PEM.")        \
    S("ssl_options.certfile", ssl_certfile, text, "", "", "", NOW,                                 \
      "The server's certificate, with its chain, PEM.")                                            \
    S("ssl_options.keyfile", ssl_keyfile, text, "", "", "", NOW,                                   \
      "The private key of the server's certificate, PEM.")                                         \
    S("ssl_options.password", ssl_password, secret, "", "", "", NOW, "Password of the key file.")  \
    S("ssl_options.verify", ssl_verify, choice, "verify_none", CHOICE_WORDS(TLS_VERIFY_MODES), "", \
      NOW, "Whether to ask clients for a certificate and to check it.")                            \
    S("ssl_options.fail_if_no_peer_cert", ssl_fail_if_no_peer_cert, flag, "false", "", "", NOW,    \
      "With verify_peer: refuse clients that have no certificate.")                                \
    S("ssl_options.depth", ssl_depth, number, "1", "0..255", "certificates", NOW,                  \
      "Intermediate certificates that may be between a client's and its authority's.")             \
    S("ssl_options.versions.$n", ssl_versions, texts, "tlsv1.3 tlsv1.2",                           \
      "tlsv1.3|tlsv1.2|tlsv1.1|tlsv1", "", NOW, "The versions of TLS that are spoken.")            \
    S("ssl_options.ciphers.$n", ssl_ciphers, texts, "", "", "", NOW,                               \
      "The cipher suites, by OpenSSL's names; none given: OpenSSL's defaults.")                    \
    S("ssl_options.honor_cipher_order", ssl_honor_cipher_order, flag, "true", "", "", NOW,         \
      "The server's order of ciphers counts, not the client's.")                                   \
    S("ssl_options.honor_ecc_order", ssl_honor_ecc_order, flag, "true", "", "", LATER,             \
      "The server's order of curves counts, not the client's; so far honor_cipher_order decides "  \
      "on both.")                                                                                  \
    S("ssl_options.client_renegotiation", ssl_client_renegotiation, flag, "false", "", "", NOW,    \
      "Let clients of TLS 1.2 renegotiate.")                                                       \
    S("ssl_options.dhfile", ssl_dhfile, text, "", "", "", LATER,                                   \
      "Parameters of the Diffie-Hellman exchange, PEM.")                                           \
    S("ssl_options.*", ssl_other, kept, "", "", "", LATER,                                         \
      "Other TLS options of RabbitMQ: crl_check, reuse_sessions, cacerts and so on.")              \
    S("ssl_handshake_timeout", ssl_handshake_timeout, number, "5000", "1..4294967295",             \
      "milliseconds", NOW, "A TLS handshake must be over after this time.")                        \
    S("ssl_cert_login_from", ssl_cert_login_from, choice, "distinguished_name",                    \
      CHOICE_WORDS(CERT_LOGIN_SOURCES), "", NOW,                                                   \
      "The part of a client's certificate that EXTERNAL takes the user name from.")                \
    S("ssl_cert_login_san_type", ssl_cert_login_san_type, choice, "dns",                           \
      CHOICE_WORDS(CERT_LOGIN_SAN_TYPES), "", NOW,                                                 \
      "The kind of alternative name to take, with subject_alternative_name; of other_name, none "  \
      "is taken.")                                                                                 \
    S("ssl_cert_login_san_index", ssl_cert_login_san_index, number, "0", "0..255", "", NOW,        \
      "Which of the alternative names of that kind, counted from 0.")                              \
    G(users, "Users and permissions")                                                              \
    S("default_user", default_user, text, "guest", "1..255", "", NOW,                              \
      "The user that exists at the first start.")                                                  \
    S("default_pass", default_pass, secret, "guest", "", "", NOW, "That user's password.")         \
    S("default_vhost", default_vhost, text, "/", "1..255", "", NOW,                                \
      "The virtual host that exists at the first start.")                                          \
    S("event_exchange.vhost", event_exchange_vhost, text, "", "0..255", "", NOW,                   \
      "The virtual host whose exchange amq.rabbitmq.event tells what happens; without it the "     \
      "default one.")                                                                              \
    S("default_user_tags.$tag", default_user_tags, flags, "administrator", "", "", NOW,            \
      "The tags of that user. Naming one replaces the default.")                                   \
    S("default_permissions.configure", default_permissions_configure, text, ".*", "", "", NOW,     \
      "What that user may declare and delete in the default virtual host: a regular expression.")  \
    S("default_permissions.write", default_permissions_write, text, ".*", "", "", NOW,             \
      "What that user may publish or bind to.")                                                    \
    S("default_permissions.read", default_permissions_read, text, ".*", "", "", NOW,               \
      "What that user may consume, get or bind from.")                                             \
    S("default_users.$name.$property", default_users, users, "",                                   \
      "password|tags|configure|write|read|vhost_pattern", "", NOW,                                 \
      "Further users for each new virtual host whose name matches vhost_pattern: password, tags "  \
      "(separated by commas), configure, write, read.")                                            \
    S("loopback_users.$name", loopback_users, flags, "guest", "", "", NOW,                         \
      "Users who may connect from the machine itself only. Naming one replaces the default; "      \
      "`loopback_users = none` lifts it.")                                                         \
    S("anonymous_login_user", anonymous_login_user, text, "guest", "0..255", "", NOW,              \
      "The user whom the mechanism ANONYMOUS logs in, where auth_mechanisms has that.")            \
    S("anonymous_login_pass", anonymous_login_pass, secret, "guest", "", "", NEVER,                \
      "The password of that user, which nobody asks for.")                                         \
    S("auth_mechanisms.$n", auth_mechanisms, texts, "PLAIN AMQPLAIN EXTERNAL", "", "", NOW,        \
      "The mechanisms offered to clients, in order: PLAIN, AMQPLAIN, EXTERNAL (on TLS).")          \
    S("auth_backends.*", auth_backends, kept, "", "", "", NEVER,                                   \
      "Where users are kept. The broker's own store is the only one.")                             \
    S("password_hashing_module", password_hashing_module, choice,                                  \
      "rabbit_password_hashing_sha256", CHOICE_WORDS(PASSWORD_HASHINGS), "", NOW,                  \
      "How new passwords are hashed, with a salt of their own.")                                   \
    S("track_auth_attempt_source", track_auth_attempt_source, flag, "true", "", "", NOW,           \
      "The HTTP API tells from which addresses, and by which names, users have tried to log in "   \
      "(auth/attempts/NODE/source). Only the thousand that tried last are remembered.")            \
    S("credential_validator.validation_backend", credential_validator, choice,                     \
      "rabbit_credential_validator_accept_everything", CHOICE_WORDS(CREDENTIAL_VALIDATORS), "",    \
      NOW,                                                                                         \
      "What new passwords that come over HTTP must look like: as long as min_length, or as "       \
      "regexp.")                                                                                   \
    S("credential_validator.min_length", credential_min_length, number, "1", "0..65535", "octets", \
      NOW, "The least length of a password, if that is asked for.")                                \
    S("credential_validator.regexp", credential_regexp, text, "", "", "", NOW,                     \
      "The regular expression that a password must match, if that is asked for.")                  \
    S("credential_validator.*", credential_other, kept, "", "", "", NEVER,                         \
      "Settings of validators that somebody has written for RabbitMQ.")                            \
    G(limits, "Limits")                                                                            \
    S("heartbeat", heartbeat, number, "60", "0..65535", "seconds", NOW,                            \
      "The heartbeat proposed to clients; 0 proposes none.")                                       \
    S("frame_max", frame_max, size, "131072", "0|4096..2147483647", "octets", NOW,                 \
      "The largest frame proposed to clients; 0 is no limit.")                                     \
    S("initial_frame_max", initial_frame_max, size, "4096", "4096..2147483647", "octets", NOW,     \
      "The largest frame until a connection is tuned.")                                            \
    S("channel_max", channel_max, number, "2047", "0..65535", "channels", NOW,                     \
      "Channels that a connection may open; 0 is no limit.")                                       \
    S("channel_max_per_node", channel_max_per_node, number, "infinity", "1..4294967295|infinity",  \
      "channels", NOW, "Channels of all connections together.")                                    \
    S("connection_max", connection_max, number, "infinity", "0..4294967295|infinity",              \
      "connections", NOW, "Connections that may be open at a time.")                               \
    S("consumer_max_per_channel", consumer_max_per_channel, number, "infinity",                    \
      "1..4294967295|infinity", "consumers", NOW, "Consumers that a channel may have.")            \
    S("vhost_max", vhost_max, number, "infinity", "0..4294967295|infinity", "virtual hosts", NOW,  \
      "Virtual hosts that may exist: another one is refused.")                                     \
    S("max_message_size", max_message_size, amount, "134217728", "1..536870912", "octets", NOW,    \
      "The largest message body that is taken.")                                                   \
    S("consumer_timeout", consumer_timeout, number, "1800000", "1..4294967295|undefined",          \
      "milliseconds", NOW,                                                                         \
      "A delivery must be acknowledged within this time, or its channel is closed or, of a "       \
      "quorum queue, its consumer cancelled; undefined: "                                          \
      "at any time. A queue or consumer may have its own: x-consumer-timeout.")                    \
    S("default_limits.*", default_limits, kept, "", "", "", NOW,                                   \
      "Limits of each new virtual host, those of the first whose pattern its name matches: "       \
      "vhosts.NAME.pattern, vhosts.NAME.max_connections, vhosts.NAME.max_queues.")                 \
    G(memory, "Memory and disk")                                                                   \
    S("vm_memory_high_watermark.relative", memory_watermark_relative, ratio, "0.6", "0..1000", "", \
      NOW,                                                                                         \
      "Publishers are held back above this part of the memory of the machine or control "          \
      "group.")                                                                                    \
    S("vm_memory_high_watermark.absolute", memory_watermark_absolute, amount, "", "", "octets",    \
      NOW, "Publishers are held back above this; goes before .relative.")                          \
    S("total_memory_available_override_value", total_memory, amount, "", "", "octets", NOW,        \
      "The memory that .relative is a part of; unset: what the machine or control group has.")     \
    S("memory_monitor_interval", memory_monitor_interval, number, "2500", "1..4294967295",         \
      "milliseconds", NOW, "How often the memory in use is looked at.")                            \
    S("disk_free_limit.relative", disk_free_relative, ratio, "", "0..1000", "", NOW,               \
      "Publishers are held back when less of the disk is free than this part of the memory.")      \
    S("disk_free_limit.absolute", disk_free_absolute, amount, "50MB", "", "octets", NOW,           \
      "Publishers are held back when less of the disk is free; goes before .relative.")            \
    G(queues, "Queues")                                                                            \
    S("default_queue_type", default_queue_type, choice, "classic", CHOICE_WORDS(QUEUE_TYPES), "",  \
      NOW, "The type of queues that are declared without x-queue-type.")                           \
    S("deprecated_features.permit.transient_nonexcl_queues", permit_transient_nonexcl_queues,      \
      flag, "true", "", "", NOW,                                                                   \
      "Whether queues may be declared that are neither durable nor exclusive.")                    \
    S("deprecated_features.permit.*", permit_other, kept, "", "", "", NEVER,                       \
      "Other features that RabbitMQ phases out; here all of them are permitted.")                  \
    S("queue_types.*", queue_types, kept, "", "", "", NEVER,                                       \
      "Which queue types are enabled: all of them are.")                                           \
    S("default_policies.*", default_policies, kept, "", "", "", NOW,                               \
      "Operator policies of virtual hosts whose names match: operator.NAME.vhost_pattern, "        \
      ".queue_pattern, and a definition's keys with underscores.")                                 \
    S("policies.*", policies, kept, "", "", "", NOW,                                               \
      "Policies: NAME.pattern, NAME.vhost, NAME.priority, NAME.apply_to and "                      \
      "NAME.definition.KEY. Leveret's own.")                                                       \
    S("operator_policies.*", operator_policies, kept, "", "", "", NOW,                             \
      "Operator policies, likewise. Leveret's own.")                                               \
    S("message_interceptors.*", message_interceptors, kept, "", "", "", LATER,                     \
      "Headers that are added to messages on their way.")                                          \
    G(identity, "Identity")                                                                        \
    S("cluster_name", cluster_name, text, "", "0..255", "", NOW,                                   \
      "The name shown to clients; unset: as it was set over HTTP, or that of the node.")           \
    S("cluster_tags.*", cluster_tags, kept, "", "", "", NOW,                                       \
      "Tags of the cluster, shown in /api/overview.")                                              \
    S("node.name", node_name, text, "", "0..128", "", NOW,                                         \
      "The name of the node, letters, digits and `_ - .` with an `@` before the host; without "    \
      "one "                                                                                       \
      "our host's name is added. Unset: rabbit. Leveret's own.")                                   \
    S("node_tags.*", node_tags, kept, "", "", "", NOW, "Tags of the node, likewise.")              \
    S("product.name", product_name, text, "RabbitMQ", "1..255", "", NOW,                           \
      "The product shown to clients. Some choose their behaviour by it.")                          \
    S("product.version", product_version, text, "3.13.7", "1..64", "", NOW,                        \
      "The version shown to clients: that of the RabbitMQ whose behaviour they may expect.")       \
    S("motd_file", motd_file, text, "", "", "", LATER, "A text to print at the start.")            \
    G(log, "Log")                                                                                  \
    S("log.console", log_console, flag, "true", "", "", NOW,                                       \
      "Whether to log, to the standard error.")                                                    \
    S("log.console.level", log_console_level, choice, "", CHOICE_WORDS(LOG_LEVELS), "", NOW,       \
      "The least that is logged, of every category. Unset: log.default.level.")                    \
    S("log.console.formatter", log_console_formatter, choice, "plaintext",                         \
      CHOICE_WORDS(LOG_FORMATTERS), "", NOW, "Lines of text, or one JSON object a line.")          \
    S("log.default.level", log_default_level, choice, "", CHOICE_WORDS(LOG_LEVELS), "", NOW,       \
      "The least that is logged of categories without a level. Unset: log.console.level, or "      \
      "info.")                                                                                     \
    S("log.connection.level", log_connection_level, choice, "", CHOICE_WORDS(LOG_LEVELS), "", NOW, \
      "The least that is logged about connections.")                                               \
    S("log.channel.level", log_channel_level, choice, "", CHOICE_WORDS(LOG_LEVELS), "", NOW,       \
      "The least that is logged about channels.")                                                  \
    S("log.queue.level", log_queue_level, choice, "", CHOICE_WORDS(LOG_LEVELS), "", NOW,           \
      "The least that is logged about queues.")                                                    \
    S("log.mirroring.level", log_mirroring_level, choice, "", CHOICE_WORDS(LOG_LEVELS), "", NEVER, \
      "The least that is logged about mirroring: there is none.")                                  \
    S("log.federation.level", log_federation_level, choice, "", CHOICE_WORDS(LOG_LEVELS), "",      \
      NEVER, "The least that is logged about federation: there is none.")                          \
    S("log.upgrade.level", log_upgrade_level, choice, "", CHOICE_WORDS(LOG_LEVELS), "", NEVER,     \
      "The least that is logged about upgrades: there are none.")                                  \
    S("log.file", log_file, text, "", "", "", LATER,                                               \
      "A file to log to as well. For now everything goes to the standard error.")                  \
    S("log.file.level", log_file_level, choice, "", CHOICE_WORDS(LOG_LEVELS), "", LATER,           \
      "The least that is logged to the file.")                                                     \
    S("log.dir", log_dir, text, "", "", "", LATER, "Where log files are.")                         \
    S("log.exchange", log_exchange, flag, "false", "", "", LATER,                                  \
      "Publish log lines to the exchange amq.rabbitmq.log.")                                       \
    S("log.syslog", log_syslog, flag, "false", "", "", LATER, "Log to syslog as well.")            \
    S("log.journald", log_journald, flag, "false", "", "", LATER,                                  \
      "Log to systemd's journal in its own format.")                                               \
    S("log.*", log_other, kept, "", "", "", LATER, "Rotation, colours and other formats.")         \
    G(storage, "Storage")                                                                          \
    S("storage.directory", storage_directory, text, "", "", "", NOW,                               \
      "Where the data is; --data-dir sets it. Leveret's own.")                                     \
    S("storage.in_memory", storage_in_memory, flag, "false", "", "", NOW,                          \
      "Keep nothing on disk; --memory sets it. Leveret's own.")                                    \
    S("storage.sync", storage_sync, flag, "true", "", "", NOW,                                     \
      "Wait for the disk before a confirm; --no-sync unsets it. Leveret's own.")                   \
    S("storage.segment_size", storage_segment_size, amount, "32MiB", "8388608..268435456",         \
      "octets", NOW, "Size of the journal's files. Leveret's own.")                                \
    G(definitions, "Definitions")                                                                  \
    S("load_definitions", load_definitions, text, "", "", "", NOW,                                 \
      "A JSON file, or a directory of files *.json, to import at every start before anybody can "  \
      "connect.")                                                                                  \
    S("definitions.import_backend", definitions_backend, choice, "",                               \
      "local_filesystem|rabbit_definitions_import_local_filesystem", "", NOW,                      \
      "Where definitions come from: definitions.local.path.")                                      \
    S("definitions.local.path", definitions_local_path, text, "", "", "", NOW,                     \
      "As load_definitions; that goes first.")                                                     \
    S("definitions.skip_if_unchanged", definitions_skip_if_unchanged, flag, "false", "", "", NOW,  \
      "Import only what is not the same as at the last import.")                                   \
    S("definitions.*", definitions, kept, "", "", "", LATER,                                       \
      "Other sources of definitions, and how to tell that they have changed.")                     \
    G(management, "Management and metrics")                                                        \
    S("management.tcp.port", management_tcp_port, number, "15672", "0..65535|none", "", NOW,       \
      "The port of the HTTP API; 0 takes a free one, `none` turns it off.")                        \
    S("management.tcp.ip", management_tcp_ip, text, "", "", "", NOW,                               \
      "The address of the HTTP API; unset: all.")                                                  \
    S("management.unix_socket", management_unix_socket, text, "auto", "", "", NOW,                 \
      "The socket of the command line, for root and the broker's own user: a path, `none`, or "    \
      "`auto`: in /run/leveret, XDG_RUNTIME_DIR/leveret or /tmp/leveret-UID. Leveret's own.")      \
    S("management.tcp.request_timeout", management_tcp_request_timeout, number, "30000",           \
      "1..4294967295", "milliseconds", NOW,                                                        \
      "A request must have arrived whole this long after its first octet.")                        \
    S("management.tcp.idle_timeout", management_tcp_idle_timeout, number, "60000",                 \
      "1..4294967295", "milliseconds", NOW,                                                        \
      "Between two requests a connection is closed after this long.")                              \
    S("management.ssl.port", management_ssl_port, number, "", "0..65535", "", NOW,                 \
      "The port of the HTTP API over TLS, customarily 15671. If it is set and "                    \
      "management.tcp.port is not, there is no other.")                                            \
    S("management.ssl.ip", management_ssl_ip, text, "", "", "", NOW,                               \
      "The address of the HTTP API over TLS; unset: all.")                                         \
    S("management.ssl.cacertfile", management_ssl_cacertfile, text, "", "", "", NOW,               \
      "As ssl_options.cacertfile, for the HTTP API.")                                              \
    S("management.ssl.certfile", management_ssl_certfile, text, "", "", "", NOW,                   \
      "As ssl_options.certfile, for the HTTP API.")                                                \
    S("management.ssl.keyfile", management_ssl_keyfile, text, "", "", "", NOW,                     \
      "As ssl_options.keyfile, for the HTTP API.")                                                 \
    S("management.ssl.password", management_ssl_password, secret, "", "", "", NOW,                 \
      "As ssl_options.password, for the HTTP API.")                                                \
    S("management.ssl.verify", management_ssl_verify, choice, "verify_none",                       \
      CHOICE_WORDS(TLS_VERIFY_MODES), "", NOW, "As ssl_options.verify, for the HTTP API.")         \
    S("management.ssl.fail_if_no_peer_cert", management_ssl_fail_if_no_peer_cert, flag, "false",   \
      "", "", NOW, "As ssl_options.fail_if_no_peer_cert, for the HTTP API.")                       \
    S("management.ssl.depth", management_ssl_depth, number, "1", "0..255", "certificates", NOW,    \
      "As ssl_options.depth, for the HTTP API.")                                                   \
    S("management.ssl.versions.$n", management_ssl_versions, texts, "tlsv1.3 tlsv1.2",             \
      "tlsv1.3|tlsv1.2|tlsv1.1|tlsv1", "", NOW, "As ssl_options.versions, for the HTTP API.")      \
    S("management.ssl.ciphers.$n", management_ssl_ciphers, texts, "", "", "", NOW,                 \
      "As ssl_options.ciphers, for the HTTP API.")                                                 \
    S("management.ssl.honor_cipher_order", management_ssl_honor_cipher_order, flag, "true", "",    \
      "", NOW, "As ssl_options.honor_cipher_order, for the HTTP API.")                             \
    S("management.ssl.client_renegotiation", management_ssl_client_renegotiation, flag, "false",   \
      "", "", NOW, "As ssl_options.client_renegotiation, for the HTTP API.")                       \
    S("management.path_prefix", management_path_prefix, text, "", "", "", NOW,                     \
      "A path in front of all paths of the HTTP API, such as /rabbitmq.")                          \
    S("management.cors.allow_origins.$n", management_cors_origins, texts, "", "", "", NOW,         \
      "Web pages from these origins may use the API; `*` stands for all.")                         \
    S("management.cors.max_age", management_cors_max_age, number, "1800", "0..4294967295",         \
      "seconds", NOW, "How long a browser may remember what it is told of methods and headers.")   \
    S("management.hsts.policy", management_hsts, text, "", "", "", NOW,                            \
      "The header Strict-Transport-Security; unset: none.")                                        \
    S("management.csp.policy", management_csp, text, "default-src 'none'", "", "", NOW,            \
      "The header Content-Security-Policy.")                                                       \
    S("management.headers.content_type_options", management_content_type_options, text, "nosniff", \
      "", "", NOW, "The header X-Content-Type-Options.")                                           \
    S("management.headers.xss_protection", management_xss_protection, text, "", "", "", NOW,       \
      "The header X-XSS-Protection; unset: none.")                                                 \
    S("management.headers.frame_options", management_frame_options, text, "", "", "", NOW,         \
      "The header X-Frame-Options; unset: none.")                                                  \
    S("management.http.max_connections", management_max_connections, number, "512", "1..1000000",  \
      "connections", NOW,                                                                          \
      "Clients of the HTTP API at a time. Another one takes the place of an idle one, or is told " \
      "503. Leveret's own.")                                                                       \
    S("management.http.max_body_size", management_max_body_size, size, "20000000",                 \
      "0..2147483647", "octets", NOW, "The largest body of a request.")                            \
    S("management.rates_mode", management_rates_mode, choice, "basic", CHOICE_WORDS(RATES_MODES),  \
      "", NOW,                                                                                     \
      "Whether the HTTP API tells rates. `detailed`: also of each channel with each queue.")       \
    S("management.disable_stats", management_disable_stats, flag, "false", "", "", NOW,            \
      "The HTTP API leaves out what has been counted.")                                            \
    S("management.*", management_other, kept, "", "", "", NEVER,                                   \
      "Other settings of the management plugin: of its web pages, their logins and caches, of "    \
      "how "                                                                                       \
      "long samples are kept, and of its own log.")                                                \
    S("management_agent.*", management_agent, kept, "", "", "", NEVER,                             \
      "Other settings of the management agent plugin: what it collects is always there.")          \
    S("collect_statistics", collect_statistics, choice, "", "none|coarse|fine", "", NEVER,         \
      "How much is counted: everything, always, where it happens, which costs nothing.")           \
    S("collect_statistics_interval", collect_statistics_interval, number, "5000", "1..4294967295", \
      "milliseconds", NOW,                                                                         \
      "How often the HTTP API looks at numbers while they change: what rates are taken over. A "   \
      "second at least.")                                                                          \
    S("prometheus.tcp.port", prometheus_tcp_port, number, "15692", "0..65535|none", "", NOW,       \
      "The port of the metrics; 0 takes a free one, `none` turns it off.")                         \
    S("prometheus.tcp.ip", prometheus_tcp_ip, text, "", "", "", NOW,                               \
      "The address of the metrics; unset: all.")                                                   \
    S("prometheus.ssl.port", prometheus_ssl_port, number, "", "0..65535", "", NOW,                 \
      "The port of the metrics over TLS, customarily 15691. If it is set and "                     \
      "prometheus.tcp.port is not, there is no other.")                                            \
    S("prometheus.ssl.ip", prometheus_ssl_ip, text, "", "", "", NOW,                               \
      "The address of the metrics over TLS; unset: all.")                                          \
    S("prometheus.ssl.cacertfile", prometheus_ssl_cacertfile, text, "", "", "", NOW,               \
      "As ssl_options.cacertfile, for the metrics.")                                               \
    S("prometheus.ssl.certfile", prometheus_ssl_certfile, text, "", "", "", NOW,                   \
      "As ssl_options.certfile, for the metrics.")                                                 \
    S("prometheus.ssl.keyfile", prometheus_ssl_keyfile, text, "", "", "", NOW,                     \
      "As ssl_options.keyfile, for the metrics.")                                                  \
    S("prometheus.ssl.password", prometheus_ssl_password, secret, "", "", "", NOW,                 \
      "As ssl_options.password, for the metrics.")                                                 \
    S("prometheus.ssl.verify", prometheus_ssl_verify, choice, "verify_none",                       \
      CHOICE_WORDS(TLS_VERIFY_MODES), "", NOW, "As ssl_options.verify, for the metrics.")          \
    S("prometheus.ssl.fail_if_no_peer_cert", prometheus_ssl_fail_if_no_peer_cert, flag, "false",   \
      "", "", NOW, "As ssl_options.fail_if_no_peer_cert, for the metrics.")                        \
    S("prometheus.ssl.depth", prometheus_ssl_depth, number, "1", "0..255", "certificates", NOW,    \
      "As ssl_options.depth, for the metrics.")                                                    \
    S("prometheus.ssl.versions.$n", prometheus_ssl_versions, texts, "tlsv1.3 tlsv1.2",             \
      "tlsv1.3|tlsv1.2|tlsv1.1|tlsv1", "", NOW, "As ssl_options.versions, for the metrics.")       \
    S("prometheus.ssl.ciphers.$n", prometheus_ssl_ciphers, texts, "", "", "", NOW,                 \
      "As ssl_options.ciphers, for the metrics.")                                                  \
    S("prometheus.ssl.honor_cipher_order", prometheus_ssl_honor_cipher_order, flag, "true", "",    \
      "", NOW, "As ssl_options.honor_cipher_order, for the metrics.")                              \
    S("prometheus.ssl.client_renegotiation", prometheus_ssl_client_renegotiation, flag, "false",   \
      "", "", NOW, "As ssl_options.client_renegotiation, for the metrics.")                        \
    S("prometheus.path", prometheus_path, text, "/metrics", "", "", NOW,                           \
      "The path of the metrics.")                                                                  \
    S("prometheus.return_per_object_metrics", prometheus_per_object, flag, "false", "", "", NOW,   \
      "Metrics of each queue and connection, not their sums.")                                     \
    S("prometheus.*", prometheus_other, kept, "", "", "", LATER,                                   \
      "Other settings of the prometheus plugin.")

/* Other names of settings: A(alias, key). */
#define SETTINGS_ALIASES(A)                                                                        \
    A("max_channels_per_connection", "channel_max")                                                \
    A("session_max_per_connection", "channel_max")                                                 \
    A("max_connections", "connection_max")                                                         \
    A("management_agent.disable_metrics_collector", "management.disable_stats")                    \
    A("management.load_definitions", "load_definitions")                                           \
    A("management.listener.port", "management.tcp.port")                                           \
    A("management.listener.ip", "management.tcp.ip")

/* What RabbitMQ knows and this broker has no use for: I(key, reason). One line tells of each. */
#define SETTINGS_IGNORED(I)                                                                        \
    I("mqtt.*", "MQTT is not served")                                                              \
    I("web_mqtt.*", "MQTT is not served")                                                          \
    I("stomp.*", "STOMP is not served")                                                            \
    I("web_stomp.*", "STOMP is not served")                                                        \
    I("stream.*", "the stream protocol is not served")                                             \
    I("amqp1_0.*", "AMQP 1.0 is not served")                                                       \
    I("cluster_formation.*", "there is one node")                                                  \
    I("cluster_partition_handling", "there is one node")                                           \
    I("cluster_partition_handling.*", "there is one node")                                         \
    I("cluster_keepalive_interval", "there is one node")                                           \
    I("cluster_queue_limit", "there is one node")                                                  \
    I("autocluster.*", "there is one node")                                                        \
    I("queue_leader_locator", "there is one node")                                                 \
    I("queue_master_locator", "there is one node")                                                 \
    I("mirroring_sync_batch_size", "there is one node")                                            \
    I("mirroring_sync_max_throughput", "there is one node")                                        \
    I("net_ticktime", "there is one node")                                                         \
    I("distribution.*", "there is one node")                                                       \
    I("raft.*", "there is one node")                                                               \
    I("quorum_queue.*", "there is one node")                                                       \
    I("metadata_store.*", "there is one node")                                                     \
    I("auth_ldap.*", "users are kept by the broker itself")                                        \
    I("auth_http.*", "users are kept by the broker itself")                                        \
    I("auth_oauth2.*", "users are kept by the broker itself")                                      \
    I("auth_cache.*", "users are kept by the broker itself")                                       \
    I("trust_store.*", "client certificates are checked by ssl_options")                           \
    I("event_exchange.*", "the plugin is not part of the broker")                                  \
    I("federation.*", "the plugin is not part of the broker")                                      \
    I("shovel.*", "the plugin is not part of the broker")                                          \
    I("tracing.*", "the plugin is not part of the broker")                                         \
    I("stream_management.*", "the plugin is not part of the broker")                               \
    I("num_acceptors.*", "it tunes the Erlang machine")                                            \
    I("socket_writer.*", "it tunes the Erlang machine")                                            \
    I("erlang.*", "it tunes the Erlang machine")                                                   \
    I("sysmon_handler.*", "it tunes the Erlang machine")                                           \
    I("background_gc_enabled", "it tunes the Erlang machine")                                      \
    I("background_gc_target_interval", "it tunes the Erlang machine")                              \
    I("vm_memory_calculation_strategy", "it tunes the Erlang machine")                             \
    I("vm_memory_high_watermark_paging_ratio", "it tunes the Erlang machine")                      \
    I("hipe_compile", "it tunes the Erlang machine")                                               \
    I("delegate_count", "it tunes the Erlang machine")                                             \
    I("default_worker_pool_size", "it tunes the Erlang machine")                                   \
    I("ranch_connection_max", "it tunes the Erlang machine")                                       \
    I("mnesia_table_loading_retry_timeout", "it tunes RabbitMQ's storage")                         \
    I("mnesia_table_loading_retry_limit", "it tunes RabbitMQ's storage")                           \
    I("message_store_shutdown_timeout", "it tunes RabbitMQ's storage")                             \
    I("msg_store_file_size_limit", "it tunes RabbitMQ's storage")                                  \
    I("queue_index_embed_msgs_below", "it tunes RabbitMQ's storage")                               \
    I("classic_queue.*", "it tunes RabbitMQ's storage")                                            \
    I("ssl_allow_poodle_attack", "SSL 3.0 is not spoken")                                          \
    I("vhost_restart_strategy", "virtual hosts do not restart")                                    \
    I("feature_flags.*", "there are no feature flags")

#endif
