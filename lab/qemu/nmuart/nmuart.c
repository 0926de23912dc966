// SPDX-License-Identifier: GPL-2.0
/*
 * nmuart - pairs of UARTs joined by a null-modem cable, without any hardware
 *
 * ttyNM0 and ttyNM1 are the ends of one cable, ttyNM2 and ttyNM3 of the next. To the kernel above it an end is a UART
 * like a 16550: a FIFO of 16 characters, modem lines, line status, a baud rate generator. Below, there is a wire:
 *
 *  - A character takes its time, by the sender's baud rate and frame. What was sent arrives with the last stop bit.
 *  - The receiver samples the sender's frame at its own rate and with its own idea of data bits and parity. Parity and
 *    framing errors, and wrong characters, come from there and are not invented.
 *  - DTR of one end is DSR and DCD of the other, RTS is CTS, OUT1 is RI. No pulse is lost.
 *  - A break begins at once. What waits in the FIFO meanwhile is sent after it.
 *  - In RS-485 mode the transmitter switches RTS, with its delays. There is no bus to hear oneself on.
 *
 * In /sys/class/tty/ttyNM*: idle_since, when the last stop bit left (CLOCK_MONOTONIC, ns), and idle_for, how long ago
 * that was; overrun, to which a number is written: so many received characters will be lost; ring, 1 or 0: OUT1.
 *
 * A cable is pulled out and put back by its name in /sys/bus/platform/drivers/nmuart/{unbind,bind}: nmuart.0, ...
 */
#include <linux/hrtimer.h>
#include <linux/kfifo.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/serial.h>
#include <linux/serial_core.h>
#include <linux/serial_reg.h>
#include <linux/tty.h>
#include <linux/tty_flip.h>

#define MAX_PAIRS	8
#define FIFO_SIZE	16
#define BURST		512		/* characters that one look at the wire moves at most */
#define LINE_CHANGES	1024		/* of the outputs, that the peer may not have seen yet */
#define LINE_BURST	32		/* of which one look takes so many */
#define TICK_NS		NSEC_PER_MSEC	/* fast lines are looked at this often, and not for each character */

#define CLOCK_RATE	(16 * 72000000)	/* of the baud rate generator: rates are 72 MHz divided by a whole number */
#define SLOWEST		1
#define FASTEST		4000000

static unsigned int pairs = 2;
module_param(pairs, uint, 0444);
MODULE_PARM_DESC(pairs, "number of cables");

/* What a character looks like on the wire. */
struct nm_format {
	unsigned int baud;
	unsigned int data_bits;
	unsigned int all_bits;		/* with start, parity and stop bits */
	unsigned int parity;		/* PARENB, PARODD and CMSPAR, 0 for none */
};

struct nm_end {
	struct uart_port port;
	struct nm_end *peer;
	struct hrtimer timer;		/* when to look at the transmitter again */
	bool plugged;			/* the timer may be started */

	/* The rest is guarded by port.lock. */
	struct nm_format format;
	bool running;			/* somebody has it open */
	bool receiving;
	DECLARE_KFIFO(fifo, u8, FIFO_SIZE);	/* the front one is on the wire */
	ktime_t front_leaves;		/* when that one's last stop bit will have left */
	ktime_t idle_since;
	bool sending;			/* something is in the FIFO, or RS-485 mode holds RTS a little longer */
	bool breaking;
	unsigned int breaks;		/* begun, and not yet seen by the peer */
	unsigned int overruns;		/* characters to lose */
	unsigned int outputs;		/* TIOCM_* */
	DECLARE_KFIFO(changes, unsigned int, LINE_CHANGES);	/* outputs that the peer has not seen yet */
	unsigned int inputs;		/* as serial_core was told of them last */
};

/* What one look at the transmitter found for the peer. */
struct nm_parcel {
	struct nm_format format;
	unsigned int count;
	u8 chars[BURST];
	unsigned int breaks;
	unsigned int lines;
	unsigned int outputs[LINE_BURST + 1];
};

static inline struct nm_end *to_end(struct uart_port *port)
{
	return container_of(port, struct nm_end, port);
}

/* ------------------------------------------------------------------ the wire */

static u64 nm_char_ns(const struct nm_format *format)
{
	return div_u64((u64)NSEC_PER_SEC * format->all_bits, format->baud);
}

static unsigned int nm_parity_bit(const struct nm_format *format, u8 c)
{
	unsigned int odd = !!(format->parity & PARODD);

	if (format->parity & CMSPAR)
		return odd;
	return (hweight8(c) & 1) ^ odd;
}

/* The levels of a frame, start bit first; after its last bit the line stays high. */
static u32 nm_encode(const struct nm_format *format, u8 c)
{
	u32 frame;

	c &= GENMASK(format->data_bits - 1, 0);
	frame = ~0U << (1 + format->data_bits) | (u32)c << 1;
	if (format->parity && !nm_parity_bit(format, c))
		frame &= ~BIT(1 + format->data_bits);
	return frame;
}

/* The level in the middle of the receiver's nth bit, counted from the start bit. */
static unsigned int nm_sample(u32 frame, const struct nm_format *from, const struct nm_format *to, unsigned int n)
{
	unsigned int sent = (2 * n + 1) * from->baud / (2 * to->baud);

	return sent > 31 ? 1 : frame >> sent & 1;
}

/* The character that the receiver makes of a frame, and its line status. */
static u8 nm_decode(u32 frame, const struct nm_format *from, const struct nm_format *to, unsigned int *status)
{
	unsigned int n, at = 1;
	u8 c = 0;

	for (n = 0; n < to->data_bits; n++)
		c |= nm_sample(frame, from, to, at++) << n;
	if (to->parity && nm_sample(frame, from, to, at++) != nm_parity_bit(to, c))
		*status |= UART_LSR_PE;
	if (!nm_sample(frame, from, to, at))
		*status |= UART_LSR_FE;
	return c;
}

static unsigned int nm_crossed(unsigned int outputs)
{
	unsigned int inputs = 0;

	if (outputs & TIOCM_DTR)
		inputs |= TIOCM_DSR | TIOCM_CAR;
	if (outputs & TIOCM_RTS)
		inputs |= TIOCM_CTS;
	if (outputs & TIOCM_OUT1)
		inputs |= TIOCM_RNG;
	return inputs;
}

/* ------------------------------------------------------------------ sending */

/* Looks at once, whenever the next look was to be. */
static void nm_look(struct nm_end *end)
{
	if (READ_ONCE(end->plugged))
		hrtimer_start(&end->timer, 0, HRTIMER_MODE_REL_SOFT);
}

static void nm_drive(struct nm_end *end, unsigned int outputs)
{
	end->outputs = outputs;
	/* Where nobody looks for long, the last state counts: it is added when the parcel is packed. */
	kfifo_put(&end->changes, outputs);
	nm_look(end);
}

/* RTS as RS-485 mode has it while sending, or after it. */
static void nm_rs485_rts(struct nm_end *end, const struct serial_rs485 *rs485, u32 level)
{
	if (rs485->flags & SER_RS485_ENABLED)
		nm_drive(end, rs485->flags & level ? end->outputs | TIOCM_RTS : end->outputs & ~TIOCM_RTS);
}

static u64 nm_rs485_delay(const struct serial_rs485 *rs485, u32 ms)
{
	return rs485->flags & SER_RS485_ENABLED ? (u64)ms * NSEC_PER_MSEC : 0;
}

/* What the transmit interrupt does: fills the FIFO. */
static void nm_refill(struct nm_end *end)
{
	struct uart_port *port = &end->port;
	struct circ_buf *xmit = &port->state->xmit;

	if (port->x_char && kfifo_put(&end->fifo, port->x_char)) {
		port->x_char = 0;
		port->icount.tx++;
	}
	while (!uart_tx_stopped(port) && !uart_circ_empty(xmit) && kfifo_put(&end->fifo, xmit->buf[xmit->tail]))
		uart_xmit_advance(port, 1);
	if (uart_circ_chars_pending(xmit) < WAKEUP_CHARS)
		uart_write_wakeup(port);
}

/* Moves what had the time to leave by now from the FIFO into the parcel. */
static void nm_transmit(struct nm_end *end, ktime_t now, struct nm_parcel *parcel)
{
	const struct serial_rs485 *rs485 = &end->port.rs485;
	u64 char_ns = nm_char_ns(&end->format);
	bool idle = kfifo_is_empty(&end->fifo);

	nm_refill(end);
	if (idle && !kfifo_is_empty(&end->fifo)) {
		end->front_leaves = now + char_ns;
		if (!end->sending)
			end->front_leaves += nm_rs485_delay(rs485, rs485->delay_rts_before_send);
		end->sending = true;
		nm_rs485_rts(end, rs485, SER_RS485_RTS_ON_SEND);
	}
	while (end->front_leaves <= now && parcel->count < BURST &&
	       kfifo_get(&end->fifo, &parcel->chars[parcel->count])) {
		parcel->count++;
		end->idle_since = end->front_leaves;
		end->front_leaves += char_ns;
		nm_refill(end);
	}
}

/* When to look again, after nm_transmit(); 0 for when there is something new. */
static ktime_t nm_next_look(struct nm_end *end, ktime_t now)
{
	const struct serial_rs485 *rs485 = &end->port.rs485;
	ktime_t released;

	if (!end->sending)
		return 0;
	if (!kfifo_is_empty(&end->fifo))
		return max(end->front_leaves, now + TICK_NS);
	released = end->idle_since + nm_rs485_delay(rs485, rs485->delay_rts_after_send);
	if (released > now)
		return released;
	end->sending = false;
	nm_rs485_rts(end, rs485, SER_RS485_RTS_AFTER_SEND);
	return 0;
}

/* Takes everything that is on its way to the peer; returns when to look again. */
static ktime_t nm_pack(struct nm_end *end, struct nm_parcel *parcel)
{
	ktime_t now = ktime_get(), next = 0;
	unsigned long flags;

	spin_lock_irqsave(&end->port.lock, flags);
	if (end->running && !end->breaking) {
		nm_transmit(end, now, parcel);
		next = nm_next_look(end, now);
	}
	parcel->format = end->format;
	parcel->breaks = end->breaks;
	end->breaks = 0;
	parcel->lines = kfifo_out(&end->changes, parcel->outputs, LINE_BURST);
	if (kfifo_is_empty(&end->changes))
		parcel->outputs[parcel->lines++] = end->outputs;
	else
		next = now;
	spin_unlock_irqrestore(&end->port.lock, flags);
	return next;
}

/* ------------------------------------------------------------------ receiving */

static void nm_show_inputs(struct nm_end *end, unsigned int inputs)
{
	unsigned int changed = inputs ^ end->inputs;
	struct uart_port *port = &end->port;

	end->inputs = inputs;
	if (!changed)
		return;
	if (changed & TIOCM_DSR)
		port->icount.dsr++;
	/* As a 16550 does: the ring indicator counts when it goes off. */
	if (changed & TIOCM_RNG && !(inputs & TIOCM_RNG))
		port->icount.rng++;
	if (changed & TIOCM_CAR)
		uart_handle_dcd_change(port, inputs & TIOCM_CAR);
	if (changed & TIOCM_CTS)
		uart_handle_cts_change(port, inputs & TIOCM_CTS);
	wake_up_interruptible(&port->state->port.delta_msr_wait);
}

static void nm_insert(struct uart_port *port, u8 c, unsigned int status)
{
	char flag = TTY_NORMAL;

	status &= port->read_status_mask;
	if (status & UART_LSR_BI)
		flag = TTY_BREAK;
	else if (status & UART_LSR_PE)
		flag = TTY_PARITY;
	else if (status & UART_LSR_FE)
		flag = TTY_FRAME;
	uart_insert_char(port, status, UART_LSR_OE, c, flag);
}

static void nm_receive_break(struct uart_port *port)
{
	port->icount.brk++;
	if (!uart_handle_break(port))
		nm_insert(port, 0, UART_LSR_BI);
}

static void nm_receive_char(struct nm_end *end, u8 c, unsigned int status)
{
	struct uart_port *port = &end->port;

	if (end->overruns) {
		end->overruns--;
		port->icount.overrun++;
		tty_insert_flip_char(&port->state->port, 0, TTY_OVERRUN);
		return;
	}
	port->icount.rx++;
	if (status & UART_LSR_PE)
		port->icount.parity++;
	if (status & UART_LSR_FE)
		port->icount.frame++;
	nm_insert(port, c, status);
}

static void nm_unpack(struct nm_end *end, const struct nm_parcel *parcel)
{
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&end->port.lock, flags);
	for (i = 0; end->running && i < parcel->lines; i++)
		nm_show_inputs(end, nm_crossed(parcel->outputs[i]));
	if (end->running && end->receiving) {
		for (i = 0; i < parcel->count; i++) {
			u32 frame = nm_encode(&parcel->format, parcel->chars[i]);
			unsigned int status = 0;
			u8 c = nm_decode(frame, &parcel->format, &end->format, &status);

			nm_receive_char(end, c, status);
		}
		for (i = 0; i < parcel->breaks; i++)
			nm_receive_break(&end->port);
		tty_flip_buffer_push(&end->port.state->port);
	}
	spin_unlock_irqrestore(&end->port.lock, flags);
}

/* One lock after the other and never both: serial_core calls in from either end, with that end's lock held. */
static enum hrtimer_restart nm_timer(struct hrtimer *timer)
{
	struct nm_end *end = container_of(timer, struct nm_end, timer);
	struct nm_parcel parcel = {};
	ktime_t next = nm_pack(end, &parcel);

	nm_unpack(end->peer, &parcel);
	/* Somebody may have called nm_look() meanwhile. */
	if (next && !hrtimer_is_queued(timer) && READ_ONCE(end->plugged))
		hrtimer_start(timer, next, HRTIMER_MODE_ABS_SOFT);
	return HRTIMER_NORESTART;
}

/* ------------------------------------------------------------------ what serial_core asks for */

static unsigned int nm_tx_empty(struct uart_port *port)
{
	return kfifo_is_empty(&to_end(port)->fifo) ? TIOCSER_TEMT : 0;
}

static void nm_set_mctrl(struct uart_port *port, unsigned int outputs)
{
	nm_drive(to_end(port), outputs);
}

static unsigned int nm_get_mctrl(struct uart_port *port)
{
	return nm_crossed(READ_ONCE(to_end(port)->peer->outputs));
}

/* What is in the FIFO still leaves; nm_refill() adds nothing. */
static void nm_stop_tx(struct uart_port *port)
{
}

static void nm_start_tx(struct uart_port *port)
{
	nm_look(to_end(port));
}

static void nm_stop_rx(struct uart_port *port)
{
	to_end(port)->receiving = false;
}

static void nm_break_ctl(struct uart_port *port, int on)
{
	struct nm_end *end = to_end(port);
	unsigned long flags;

	spin_lock_irqsave(&port->lock, flags);
	if (on && !end->breaking)
		end->breaks++;
	if (!on && end->breaking)
		end->front_leaves = ktime_get() + nm_char_ns(&end->format);
	end->breaking = on;
	spin_unlock_irqrestore(&port->lock, flags);
	nm_look(end);
}

static int nm_startup(struct uart_port *port)
{
	struct nm_end *end = to_end(port);
	unsigned long flags;

	spin_lock_irqsave(&port->lock, flags);
	kfifo_reset(&end->fifo);
	end->sending = false;
	end->breaking = false;
	end->breaks = 0;
	end->inputs = nm_get_mctrl(port);
	end->receiving = true;
	end->running = true;
	spin_unlock_irqrestore(&port->lock, flags);
	return 0;
}

static void nm_shutdown(struct uart_port *port)
{
	struct nm_end *end = to_end(port);
	unsigned long flags;

	spin_lock_irqsave(&port->lock, flags);
	end->running = false;
	end->receiving = false;
	spin_unlock_irqrestore(&port->lock, flags);
}

/* Which conditions are told of and which are dropped, as in drivers/tty/serial/8250. */
static void nm_set_masks(struct uart_port *port, const struct ktermios *termios)
{
	port->read_status_mask = UART_LSR_OE;
	if (termios->c_iflag & INPCK)
		port->read_status_mask |= UART_LSR_FE | UART_LSR_PE;
	if (termios->c_iflag & (IGNBRK | BRKINT | PARMRK))
		port->read_status_mask |= UART_LSR_BI;

	port->ignore_status_mask = 0;
	if (termios->c_iflag & IGNPAR)
		port->ignore_status_mask |= UART_LSR_PE | UART_LSR_FE;
	if (termios->c_iflag & IGNBRK)
		port->ignore_status_mask |= UART_LSR_BI;
}

static void nm_set_termios(struct uart_port *port, struct ktermios *termios, const struct ktermios *old)
{
	unsigned int asked = uart_get_baud_rate(port, termios, old, SLOWEST, FASTEST);
	unsigned int baud = DIV_ROUND_CLOSEST(port->uartclk, 16 * uart_get_divisor(port, asked));
	struct nm_format *format = &to_end(port)->format;
	unsigned long flags;

	spin_lock_irqsave(&port->lock, flags);
	format->baud = baud;
	format->data_bits = tty_get_char_size(termios->c_cflag);
	format->all_bits = tty_get_frame_size(termios->c_cflag);
	format->parity = termios->c_cflag & PARENB ? termios->c_cflag & (PARENB | PARODD | CMSPAR) : 0;
	uart_update_timeout(port, termios->c_cflag, baud);
	nm_set_masks(port, termios);
	spin_unlock_irqrestore(&port->lock, flags);

	/* A divisor of the user's own (setserial(8)) goes by the name of 38,400 bit/s. */
	if (tty_termios_baud_rate(termios) && (port->flags & UPF_SPD_MASK) != UPF_SPD_CUST)
		tty_termios_encode_baud_rate(termios, baud, baud);
}

static const char *nm_type(struct uart_port *port)
{
	return "nmuart";
}

/* There is nothing to claim and give back, and every setting will do. */
static void nm_release_port(struct uart_port *port)
{
}

static int nm_request_port(struct uart_port *port)
{
	return 0;
}

static int nm_verify_port(struct uart_port *port, struct serial_struct *info)
{
	return 0;
}

static const struct uart_ops nm_ops = {
	.tx_empty	= nm_tx_empty,
	.set_mctrl	= nm_set_mctrl,
	.get_mctrl	= nm_get_mctrl,
	.stop_tx	= nm_stop_tx,
	.start_tx	= nm_start_tx,
	.stop_rx	= nm_stop_rx,
	.break_ctl	= nm_break_ctl,
	.startup	= nm_startup,
	.shutdown	= nm_shutdown,
	.set_termios	= nm_set_termios,
	.type		= nm_type,
	.release_port	= nm_release_port,
	.request_port	= nm_request_port,
	.verify_port	= nm_verify_port,
};

/* serial_core keeps what it is given, made to fit nm_rs485_supported; the transmitter looks there. */
static int nm_rs485_config(struct uart_port *port, struct ktermios *termios, struct serial_rs485 *rs485)
{
	nm_rs485_rts(to_end(port), rs485, SER_RS485_RTS_AFTER_SEND);
	return 0;
}

static const struct serial_rs485 nm_rs485_supported = {
	.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND | SER_RS485_RTS_AFTER_SEND,
	.delay_rts_before_send = 1,
	.delay_rts_after_send = 1,
};

/* ------------------------------------------------------------------ what tests ask for */

static struct nm_end *nm_end_of(struct device *tty)
{
	struct tty_port *port = dev_get_drvdata(tty);

	return to_end(container_of(port, struct uart_state, port)->uart_port);
}

static ssize_t idle_since_show(struct device *tty, struct device_attribute *attr, char *text)
{
	return sysfs_emit(text, "%lld\n", READ_ONCE(nm_end_of(tty)->idle_since));
}
static DEVICE_ATTR_RO(idle_since);

static ssize_t idle_for_show(struct device *tty, struct device_attribute *attr, char *text)
{
	return sysfs_emit(text, "%lld\n", ktime_get() - READ_ONCE(nm_end_of(tty)->idle_since));
}
static DEVICE_ATTR_RO(idle_for);

static ssize_t overrun_store(struct device *tty, struct device_attribute *attr, const char *text, size_t size)
{
	struct nm_end *end = nm_end_of(tty);
	unsigned long flags;
	unsigned int count;
	int error = kstrtouint(text, 0, &count);

	if (error)
		return error;
	spin_lock_irqsave(&end->port.lock, flags);
	end->overruns = count;
	spin_unlock_irqrestore(&end->port.lock, flags);
	return size;
}
static DEVICE_ATTR_WO(overrun);

static ssize_t ring_show(struct device *tty, struct device_attribute *attr, char *text)
{
	return sysfs_emit(text, "%d\n", !!(READ_ONCE(nm_end_of(tty)->outputs) & TIOCM_OUT1));
}

static ssize_t ring_store(struct device *tty, struct device_attribute *attr, const char *text, size_t size)
{
	struct nm_end *end = nm_end_of(tty);
	unsigned long flags;
	bool on;
	int error = kstrtobool(text, &on);

	if (error)
		return error;
	spin_lock_irqsave(&end->port.lock, flags);
	nm_drive(end, on ? end->outputs | TIOCM_OUT1 : end->outputs & ~TIOCM_OUT1);
	spin_unlock_irqrestore(&end->port.lock, flags);
	return size;
}
static DEVICE_ATTR_RW(ring);

static struct attribute *nm_attributes[] = {
	&dev_attr_idle_since.attr,
	&dev_attr_idle_for.attr,
	&dev_attr_overrun.attr,
	&dev_attr_ring.attr,
	NULL
};

static struct attribute_group nm_attribute_group = { .attrs = nm_attributes };

/* ------------------------------------------------------------------ plugging in and out */

static struct uart_driver nm_driver = {
	.owner		= THIS_MODULE,
	.driver_name	= "nmuart",
	.dev_name	= "ttyNM",
	.nr		= 2 * MAX_PAIRS,
};

static void nm_prepare(struct nm_end *end, struct nm_end *peer, struct device *device, unsigned int line)
{
	struct uart_port *port = &end->port;

	end->peer = peer;
	end->format = (struct nm_format){ .baud = 9600, .data_bits = 8, .all_bits = 10 };
	INIT_KFIFO(end->fifo);
	INIT_KFIFO(end->changes);
	hrtimer_init(&end->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	end->timer.function = nm_timer;

	port->dev = device;
	port->line = line;
	/* Without a type and an address a port counts as missing. */
	port->type = PORT_16550A;
	port->iotype = UPIO_MEM;
	port->mapbase = 0x1000 * (line + 1);
	port->fifosize = FIFO_SIZE;
	port->uartclk = CLOCK_RATE;
	port->flags = UPF_FIXED_TYPE;
	port->ops = &nm_ops;
	port->rs485_config = nm_rs485_config;
	port->rs485_supported = nm_rs485_supported;
	port->attr_group = &nm_attribute_group;
}

static void nm_unplug(struct nm_end *ends)
{
	int i;

	for (i = 0; i < 2; i++)
		uart_remove_one_port(&nm_driver, &ends[i].port);
	for (i = 0; i < 2; i++)
		WRITE_ONCE(ends[i].plugged, false);
	for (i = 0; i < 2; i++)
		hrtimer_cancel(&ends[i].timer);
}

static int nm_probe(struct platform_device *cable)
{
	struct nm_end *ends = devm_kcalloc(&cable->dev, 2, sizeof(*ends), GFP_KERNEL);
	int i, error;

	if (!ends)
		return -ENOMEM;
	platform_set_drvdata(cable, ends);
	for (i = 0; i < 2; i++)
		nm_prepare(&ends[i], &ends[!i], &cable->dev, cable->id * 2 + i);
	error = uart_add_one_port(&nm_driver, &ends[0].port);
	if (error)
		return error;
	error = uart_add_one_port(&nm_driver, &ends[1].port);
	if (error) {
		uart_remove_one_port(&nm_driver, &ends[0].port);
		return error;
	}
	/* Only now are the locks of both made, so that one end may look at the other. */
	for (i = 0; i < 2; i++) {
		WRITE_ONCE(ends[i].plugged, true);
		nm_look(&ends[i]);
	}
	return 0;
}

static int nm_remove(struct platform_device *cable)
{
	nm_unplug(platform_get_drvdata(cable));
	return 0;
}

static struct platform_driver nm_platform_driver = {
	.driver	= { .name = "nmuart" },
	.probe	= nm_probe,
	.remove	= nm_remove,
};

static struct platform_device *nm_cables[MAX_PAIRS];

static int __init nm_init(void)
{
	int error, i;

	error = uart_register_driver(&nm_driver);
	if (error)
		return error;
	error = platform_driver_register(&nm_platform_driver);
	if (error) {
		uart_unregister_driver(&nm_driver);
		return error;
	}
	pairs = clamp(pairs, 1U, (unsigned int)MAX_PAIRS);
	for (i = 0; i < pairs; i++)
		nm_cables[i] = platform_device_register_simple("nmuart", i, NULL, 0);
	return 0;
}

static void __exit nm_exit(void)
{
	int i;

	for (i = 0; i < pairs; i++)
		platform_device_unregister(nm_cables[i]);
	platform_driver_unregister(&nm_platform_driver);
	uart_unregister_driver(&nm_driver);
}

module_init(nm_init);
module_exit(nm_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("UARTs in pairs, joined by null-modem cables");
