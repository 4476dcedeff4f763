import type { Annotation } from "../schema.ts";

export const tty = [
  {
    id: "port_lock",
    subsystem: "tty",
    kind: "lock",
    meaning:
      "The lock of a serial port. The console driver takes it forevery message, so whatever is held while a message is printed comes before it.",
    names: ["&port_lock_key"],
    shared: ["&port->lock", "&(&port->lock)->rlock"],
    frames: [/^(?:uart_\w{1,40}|serial8250_\w{1,40}|pl011_\w{1,40}|univ8250_\w{1,40}|__uart_\w{1,40})$/],
    acquiredBy: [
      "uart_port_lock_irqsave",
      "uart_write",
      "serial8250_console_write",
      "serial8250_handle_irq",
      "pl011_console_write",
    ],
    contexts: ["irqs-off", "printk"],
    fixes: ["no message, wakeup or allocation under it", "tty_flip_buffer_push() after it is dropped"],
    evidence: ["drivers/tty/serial/serial_core.c", "include/linux/serial_core.h"],
  },
  {
    id: "tty_locks",
    subsystem: "tty",
    kind: "lock-family",
    meaning:
      "Locks of terminals: the line discipline, opening and closing, settings, and the buffer of input. Subclass /1 marks the slave side of a pseudo-terminal.",
    names: [
      "&tty->ldisc_sem",
      "&tty->legacy_mutex",
      "&tty->termios_rwsem",
      "&o_tty->termios_rwsem",
      "&tty->atomic_write_lock",
      "&tty->ctrl_lock",
      "&tty->ctrl.lock",
      "&tty->flow.lock",
      "tty_mutex",
      "&ldata->atomic_read_lock",
      "&ldata->output_lock",
      "&port->buf.lock",
    ],
    shared: ["&port->mutex", "&buf->lock"],
    frames: [
      /^(?:tty_\w{1,40}|n_tty_\w{1,40}|pty_\w{1,40}|flush_to_ldisc|uart_\w{1,40}|con_\w{1,40}|__tty_\w{1,40})$/,
    ],
    acquiredBy: [
      "tty_ldisc_ref_wait",
      "tty_ldisc_lock",
      "tty_lock",
      "tty_port_open",
      "tty_buffer_flush",
      "n_tty_read",
    ],
    contexts: ["may-sleep"],
    fixes: ["lock master and slave in the documented order, the slave nested"],
    evidence: [
      "drivers/tty/tty_io.c",
      "drivers/tty/tty_ldisc.c",
      "drivers/tty/tty_port.c",
      "drivers/tty/tty_buffer.c",
    ],
  },
] satisfies readonly Annotation[];
