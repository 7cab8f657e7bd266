/* Doubly linked lists of structs that have members next and prev. head is an lvalue, NULL when the
 * list is empty. */
#ifndef PC_HTTP_LIST_H
#define PC_HTTP_LIST_H

#include <stddef.h>

/* Adds item, which is in no list yet, in front. */
#define PC_LIST_ADD(head, item)                                                                    \
    do {                                                                                           \
        (item)->prev = NULL;                                                                       \
        (item)->next = (head);                                                                     \
        if ((item)->next)                                                                          \
            (item)->next->prev = (item);                                                           \
        (head) = (item);                                                                           \
    } while (0)

/* Takes item out. Its own next and prev stay, so that a walk may go on from it. */
#define PC_LIST_REMOVE(head, item)                                                                 \
    do {                                                                                           \
        if ((item)->prev)                                                                          \
            (item)->prev->next = (item)->next;                                                     \
        else                                                                                       \
            (head) = (item)->next;                                                                 \
        if ((item)->next)                                                                          \
            (item)->next->prev = (item)->prev;                                                     \
    } while (0)

#endif
