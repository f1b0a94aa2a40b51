#define _GNU_SOURCE // strndup

#include "ctl/admin_modern.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The words of `line`, with blanks between them, in the words of the older kind; NULL if it is not
 * of the newer. The text is good until the next call. */
static const char *older(const char *line)
{
    static char text[1024];
    char *words[64] = {NULL};
    int count = 0;
    size_t len = 0;
    struct admin_modern modern;
    for (const char *at = line; *at; at += strspn(at, " ")) {
        words[count++] = strndup(at, strcspn(at, " "));
        at += strcspn(at, " ");
    }
    bool newer = admin_modern_translate(&modern, count, words);
    text[0] = '\0';
    for (int i = 0; i < modern.count; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i > 0 ? " " : "",
                                modern.words[i]);
    }
    snprintf(text + len, sizeof text - len, "%s", modern.idempotent ? " !" : "");
    admin_modern_finish(&modern);
    while (count > 0) {
        free(words[--count]);
    }
    return newer ? text : NULL;
}

#define BECOMES(line, wanted)                                                                      \
    do {                                                                                           \
        const char *got = older("rabbitmqadmin " line);                                            \
        cr_expect(got &&strcmp(got, "rabbitmqadmin " wanted) == 0, "%s: %s", line,                 \
                  got ? got : "(as it is)");                                                       \
    } while (0)

Test(admin_modern, options_become_arguments)
{
    BECOMES("declare queue --name q --type quorum --durable true --auto-delete false",
            "declare queue name=q queue_type=quorum durable=true auto_delete=false");
    BECOMES("queues declare --name=q --arguments={\"a\":1}",
            "declare queue name=q arguments={\"a\":1}");
    BECOMES("declare exchange --name e --type topic", "declare exchange name=e type=topic");
    BECOMES("exchanges bind --source s --destination-type queue --destination d --routing-key k",
            "declare binding source=s destination_type=queue destination=d routing_key=k");
    BECOMES("policies set --name p --pattern ^q --apply-to queues --priority 1 --definition {}",
            "declare policy name=p pattern=^q apply-to=queues priority=1 definition={}");
    BECOMES("users declare --name u --password x --tags administrator",
            "declare user name=u password=x tags=administrator");
    BECOMES("user_limits declare --user u --name max-channels --value 5",
            "declare user_limit user=u name=max-channels value=5");
    BECOMES("global_parameters set --name n --value 1", "declare global_parameter name=n value=1");
    BECOMES("purge queue --name q", "purge queue name=q");
    BECOMES("connections close --name c", "close connection name=c");
    BECOMES("close user_connections --username u", "close user_connections username=u");
}

Test(admin_modern, what_the_older_one_wants_besides_is_added)
{
    BECOMES("--vhost v permissions declare --user u --configure a --write b --read c",
            "--vhost=v declare permission vhost=v user=u configure=a write=b read=c");
    BECOMES("declare permissions --username u --configure a --write b --read c",
            "declare permission vhost=/ user=u configure=a write=b read=c");
    BECOMES("vhost_limits delete --name max-queues", "delete vhost_limit vhost=/ name=max-queues");
    BECOMES("bindings delete --source s --destination-type queue --destination d --routing-key k",
            "delete binding properties_key=k source=s destination_type=queue destination=d");
}

Test(admin_modern, options_of_the_program_may_stand_anywhere)
{
    BECOMES("-V v -u guest -p guest --use-tls queues delete --name q --idempotently --quiet",
            "--vhost=v --username=guest --password=guest --ssl --quiet delete queue name=q !");
    BECOMES("list queues --username ann --columns name,messages",
            "--username=ann list queues name messages");
    BECOMES("-V v queues show --name q --columns name,type",
            "--vhost=v show queue name=q name type");
    BECOMES("--table-style modern queues list", "list queues");
    BECOMES("--non-interactive queues list", "--format=tsv list queues");
}

Test(admin_modern, messages_definitions_and_checks_have_words_of_their_own)
{
    BECOMES("publish message -e e -k k -m hello --properties {}",
            "publish exchange=e routing_key=k payload=hello properties={}");
    BECOMES("get messages --queue q --count 3 --ack-mode ack_requeue_false",
            "get queue=q count=3 ackmode=ack_requeue_false");
    BECOMES("definitions export --stdout", "--quiet export /dev/stdout");
    BECOMES("definitions export --file f --transformations exclude_users",
            "export f --transformations");
    BECOMES("definitions import --file f.json", "import f.json");
    BECOMES("import definitions --file f.json", "import f.json");
    BECOMES("--vhost v definitions export_from_vhost --file f", "--vhost=v export f");
    BECOMES("health_check port_listener --port 5672", "health_check port_listener port=5672");
    BECOMES("health_check local_alarms", "health_check local_alarms");
}

Test(admin_modern, the_older_kind_stays_as_it_is)
{
    static const char *const lines[] = {
        "rabbitmqadmin",
        "rabbitmqadmin list queues",
        "rabbitmqadmin show overview",
        "rabbitmqadmin -f tsv list queues name messages",
        "rabbitmqadmin declare queue name=q durable=true",
        "rabbitmqadmin --vhost=v declare queue name=q",
        "rabbitmqadmin publish exchange=e routing_key=k payload=--name",
        "rabbitmqadmin get queue=q",
        "rabbitmqadmin export file",
        "rabbitmqadmin help subcommands",
        "rabbitmqadmin --bash-completion",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cr_expect_null(older(lines[i]), "%s", lines[i]);
    }
}
