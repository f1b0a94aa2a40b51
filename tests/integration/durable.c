#include "tests/integration/durable.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT_SIZE = 1000, PATH_SIZE = 256 };

struct broker_process durable_start(const char *directory, const char *setting)
{
    char where[PATH_SIZE];
    snprintf(where, sizeof where, "storage.directory=%s", directory);
    return broker_start((const char *[]){where, setting, NULL});
}

struct broker_process durable_launch(const char *directory, const char *option)
{
    return broker_launch_options((const char *[]){
        "--data-dir", directory, "--set", "listeners.tcp.default=127.0.0.1:0", "--set",
        "management.tcp.port=none", "--set", "prometheus.tcp.port=none", option, NULL});
}

static amqp_bytes_t text_of(int number, char text[TEXT_SIZE])
{
    memset(text, 'x', TEXT_SIZE);
    int len = snprintf(text, TEXT_SIZE, "message %d ", number);
    text[len] = '.';
    return (amqp_bytes_t){.len = (size_t)(number % 3 ? TEXT_SIZE : len), .bytes = text};
}

static void wait_for_confirms(amqp_connection_state_t client, int count)
{
    for (uint64_t confirmed = 0; confirmed < (uint64_t)count;) {
        amqp_frame_t frame;
        CHECK(client_wait(client, PATIENCE_MS, &frame) == AMQP_BASIC_ACK_METHOD);
        const amqp_basic_ack_t *ack = frame.payload.method.decoded;
        confirmed = ack->delivery_tag;
    }
}

void durable_publish(const struct broker_process *broker, int first, int count)
{
    char text[TEXT_SIZE];
    amqp_connection_state_t client = client_open(broker);
    amqp_basic_properties_t properties = {._flags =
                                              AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_TYPE_FLAG,
                                          .delivery_mode = 2,
                                          .type = amqp_cstring_bytes("numbered")};
    client_declare(client, "q");
    CHECK(amqp_confirm_select(client, 1));
    for (int i = 0; i < count; i++) {
        CHECK(amqp_basic_publish(client, 1, amqp_empty_bytes, amqp_cstring_bytes("q"), 0, 0,
                                 &properties, text_of(first + i, text)) == AMQP_STATUS_OK);
    }
    wait_for_confirms(client, count);
    client_close(client);
}

void durable_take(const struct broker_process *broker, int first, int count)
{
    char text[TEXT_SIZE];
    amqp_connection_state_t client = client_open(broker);
    for (int i = 0; i < count; i++) {
        CHECK(client_gets(client, "q", text_of(first + i, text)));
    }
    CHECK(!client_gets(client, "q", amqp_empty_bytes));
    client_close(client);
}

int durable_count(const struct broker_process *broker)
{
    amqp_connection_state_t client = client_open(broker);
    amqp_queue_declare_ok_t *ok =
        amqp_queue_declare(client, 1, amqp_cstring_bytes("q"), 1, 1, 0, 0, amqp_empty_table);
    int count = ok ? (int)ok->message_count : -1;
    client_drop(client);
    return count;
}

void durable_kill(struct broker_process *broker)
{
    broker_signal(broker, SIGKILL);
    CHECK(broker_wait(broker, PATIENCE_MS) == -1);
    broker_stop(broker);
}

/* Spares have another name; a segment that was just begun has nothing but its header. */
static char *segment(const char *directory, bool newest)
{
    char pattern[PATH_SIZE];
    glob_t found;
    char *path = NULL;
    snprintf(pattern, sizeof pattern, "%s/journal/*.seg", directory);
    CHECK(glob(pattern, 0, NULL, &found) == 0);
    path = strdup(found.gl_pathv[newest ? found.gl_pathc - 1 : 0]);
    globfree(&found);
    return path;
}

char *durable_newest_segment(const char *directory)
{
    return segment(directory, true);
}

char *durable_first_segment(const char *directory)
{
    return segment(directory, false);
}

int durable_inspect(const char *directory, char **out)
{
    char command[2 * PATH_SIZE];
    const char *other = getenv("LEVERET_BINARY");
    size_t size = 0;
    FILE *text = open_memstream(out, &size);
    snprintf(command, sizeof command, "%s inspect %s", other ? other : LEVERET, directory);
    FILE *output = popen(command, "r");
    CHECK(output && text);
    for (int c; (c = fgetc(output)) != EOF;) {
        fputc(c, text);
    }
    fclose(text);
    int status = pclose(output);
    fputs(*out, stderr);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
