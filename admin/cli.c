#include "admin/handlers.h"

/* Where RabbitMQ serves the script rabbitmqadmin to download, which Leveret may not copy. Its own
 * command of that name is no script that could be served to any machine. Scripts that fetch it are
 * told by the status. */

static const char text[] =
    "RabbitMQ's script rabbitmqadmin is not served here.\n"
    "\n"
    "  - Leveret comes with a rabbitmqadmin of its own, beside the program leveret.\n"
    "  - RabbitMQ's works with Leveret as it is. It is in Debian's package rabbitmq-server and at\n"
    "    https://raw.githubusercontent.com/rabbitmq/rabbitmq-server/v3.13.x/deps/"
    "rabbitmq_management/bin/rabbitmqadmin\n"
    "  - So does the newer one: https://github.com/rabbitmq/rabbitmqadmin-ng/releases\n";

static void answer(struct call *call, enum http_status status)
{
    call->reply->status = (uint16_t)status;
    call->reply->content_type = "text/plain; charset=utf-8";
    bytes_add(&call->reply->body, (struct slice){(const uint8_t *)text, sizeof text - 1});
}

void on_cli(struct call *call)
{
    answer(call, HTTP_OK);
}

void on_cli_rabbitmqadmin(struct call *call)
{
    answer(call, HTTP_NOT_FOUND);
}
