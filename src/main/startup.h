/* The start of serve and work: refuses what cannot work, and waits for stores that are away, where
 * it is told to. Threads: the main thread. */
#ifndef PC_MAIN_STARTUP_H
#define PC_MAIN_STARTUP_H

#include "main/app.h"

enum pc_startup_role { PC_STARTUP_SERVE, PC_STARTUP_WORK };

/* Settings that cannot work in this role: config, with the reason. What works on one machine only
 * is logged. Pure but for the log. */
PC_NODISCARD enum pc_code pc_startup_check(const struct pc_config *cfg, enum pc_startup_role role,
                                           int workers, struct pc_err *err);
/* Opens the service and asks each store once. A store that is away: store_unavailable or
 * queue_unavailable, after trying again for the time of the setting "wait". Fills wire. */
PC_NODISCARD enum pc_code pc_startup_open(const struct pc_config *cfg, bool with_pose,
                                          struct pc_app *app, struct pc_err *err);

#endif
