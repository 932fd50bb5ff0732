/* The handles that were given out; see wevtapi.h. */
#include <stdlib.h>
#include "platform.h"
#include "wevtapi.h"

#define FIRST_HANDLE 0x10000u
#define STEP 8u

static Object **objects; /* NULL for those that were closed. */
static size_t given, room;
static uint32_t open;

uint64_t openObject(const Object *object) {
  Object *kept = malloc(sizeof *kept);
  *kept = *object;
  lock();
  if (given == room) {
    room = room == 0 ? 1024 : 2 * room;
    objects = realloc(objects, room * sizeof *objects);
  }
  uint64_t handle = FIRST_HANDLE + STEP * given;
  objects[given++] = kept;
  open++;
  unlock();
  return handle;
}

/* NULL when it was closed or never given, which the log then says. */
static Object **slotOf(Call *call, uint64_t handle) {
  bool known = handle >= FIRST_HANDLE && handle % STEP == 0 && (handle - FIRST_HANDLE) / STEP < given;
  Object **slot = known ? &objects[(handle - FIRST_HANDLE) / STEP] : NULL;
  if (slot != NULL && *slot != NULL) return slot;
  note(call, " misuse=%s", known ? "closed" : "unknown");
  return NULL;
}

Object *objectOf(Call *call, uint64_t handle, Kind kind) {
  lock();
  Object **slot = slotOf(call, handle);
  Object *object = slot == NULL ? NULL : *slot;
  unlock();
  if (object == NULL || object->kind == kind) return object;
  note(call, " misuse=kind");
  return NULL;
}

bool closeObject(Call *call, uint64_t handle) {
  lock();
  Object **slot = slotOf(call, handle);
  Object *object = slot == NULL ? NULL : *slot;
  if (slot != NULL) {
    *slot = NULL;
    open--;
  }
  note(call, " open=%u", open);
  unlock();
  if (object == NULL) return false;
  if (object->kind == RESULT_SET) {
    closeLog(object->result.log);
    free(object->result.matches);
  }
  if (object->kind == EVENT) closeLog(object->log);
  free(object);
  return true;
}
