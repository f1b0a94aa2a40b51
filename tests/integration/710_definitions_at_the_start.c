/* Definitions are imported before anybody can connect: users that they name replace guest, a
 * mistake in them stops the start and leaves nothing behind. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/integration/durable.h"

static const char *write_definitions(const char *directory, const char *content)
{
    static char setting[256];
    char path[200];
    snprintf(path, sizeof path, "%s.json", directory);
    FILE *file = fopen(path, "w");
    CHECK(file);
    fputs(content, file);
    CHECK(fclose(file) == 0);
    snprintf(setting, sizeof setting, "load_definitions=%s", path);
    return setting;
}

/* Whether guest gets in; the user of the definitions has another password. */
static bool guest_enters(const struct broker_process *broker)
{
    int fd = dial(broker->port);
    amqp_connection_state_t client = amqp_new_connection();
    amqp_tcp_socket_set_sockfd(amqp_tcp_socket_new(client), fd);
    amqp_rpc_reply_t reply = amqp_login(client, "/", 0, AMQP_DEFAULT_FRAME_SIZE, 0,
                                        AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    amqp_destroy_connection(client);
    return reply.reply_type == AMQP_RESPONSE_NORMAL;
}

static void check_mistake(const char *directory)
{
    char storage[256];
    const char *setting = write_definitions(directory, "{\"users\":[{\"name\":\"u\",\"tags\":\"\","
                                                       "\"password\":\"p\"}],\"queues\":[{\"name\":"
                                                       "\"q\",\"vhost\":\"nope\"}]}");
    snprintf(storage, sizeof storage, "storage.directory=%s", directory);
    struct broker_process broker =
        broker_launch("/dev/null", (const char *[]){storage, setting, NULL});
    CHECK(broker_wait(&broker, PATIENCE_MS) == 1);
    CHECK(broker_logs(&broker, "queues[0] 'q' in vhost 'nope': no_such_vhost nope", 0));
    broker_forget(&broker);
}

int main(void)
{
    char path[200];
    char *directory = directory_make();
    check_mistake(directory);
    /* It was as if nobody had ever started. */
    struct broker_process broker = durable_start(directory, NULL);
    CHECK(guest_enters(&broker));
    broker_stop(&broker);
    broker = durable_start(
        directory, write_definitions(directory, "{\"queues\":[{\"name\":\"q\",\"vhost\":\"/\"}]}"));
    CHECK(durable_count(&broker) == 0);
    durable_kill(&broker);
    broker = durable_start(directory, NULL);
    CHECK(durable_count(&broker) == 0);
    broker_stop(&broker);
    directory_remove(directory);
    /* Users that are named at the first start are there instead of guest. */
    broker = durable_start(
        directory, write_definitions(directory, "{\"users\":[{\"name\":\"u\",\"password\":\"p\","
                                                "\"tags\":\"\"}]}"));
    CHECK(!guest_enters(&broker));
    broker_stop(&broker);
    snprintf(path, sizeof path, "%s.json", directory);
    remove(path);
    directory_remove(directory);
    free(directory);
    return 0;
}
