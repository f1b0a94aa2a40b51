#include "tests/unit/broker/story.h"

Test(session_close, hands_nothing_to_channels_that_are_about_to_go)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "c");
    story_consume(story, 2, 2, "q", "d");
    story_consume(story, 1, 1, "q", "next");
    story_send(story, "q", "a b e f");
    TOLD(story, "deliver 2/1 #1 c a\n"
                "deliver 2/2 #1 d b\n"
                "deliver 1/1 #1 next e\n"
                "deliver 2/1 #2 c f\n");
    story_close(story, 2);
    TOLD(story, "deliver 1/1 #2 redelivered next a\n"
                "deliver 1/1 #3 redelivered next b\n"
                "deliver 1/1 #4 redelivered next f\n");
    COUNTED(story, delivered, 7);
    story_free(story);
}
