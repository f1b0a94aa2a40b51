/* An idle broker, before and after a login, is at home in ten megabytes. Most of them are pages of
 * libraries, of which one kernel maps more than another. */
#include "tests/integration/client.h"

enum { MIB = 1024 * 1024 };

int main(void)
{
    struct broker_process broker = broker_start((const char *[]){NULL});
    CHECK(broker_resident(&broker) <= 10ull * MIB);
    amqp_connection_state_t client = client_open(&broker);
    CHECK(broker_resident(&broker) <= 10ull * MIB);
    client_close(client);
    broker_stop(&broker);
    return 0;
}
