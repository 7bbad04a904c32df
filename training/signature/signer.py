"""A signer that is not a person: sigma-lognormal plans, their variation, their forgers and their pens.

A *plan* is a list of strokes, one row each:

    0,1  end of the stroke (units of x-height; the first stroke starts at the origin)
    2    how far the stroke's direction turns, radians (positive: anticlockwise)
    3    time from the previous stroke's command to this one's, seconds
    4,5  mu and sigma of the stroke's lognormal
    6    1 pen down, 0 pen up
    7,8  how unstable this stroke is in space, in time (multipliers of the writer's own variation)
    9    pressure aim, 0..1
    10   chance that the writer leaves the stroke out

The position at time t is the sum over strokes of an arc of which the lognormal's distribution function says how much
is drawn (kinematic theory's sigma-lognormal model), so it is evaluated exactly at the device's own sampling times.
All randomness comes from numba's generator: call seed() first.
"""
import math
import numpy as np
from numba import njit

PL = 11          # columns of a plan
NMAX = 90        # strokes at most
LATIN, PRINT, CJK, SCRIBBLE = 0, 1, 2, 3
# style vector
(S_SCRIPT, S_SLANT, S_ADV, S_TURN, S_DT, S_MU, S_SIG, S_LIFT, S_VSP, S_VTM, S_DRIFT, S_TREMOR, S_PBASE, S_PDEPTH,
 S_PSPEED, S_LETTERS, S_FLOUR, S_ISO, S_GSP, S_GTM, S_PVAR) = range(21)
NST = 21
# device vector
D_RATE, D_TJIT, D_PX, D_QUANT, D_NOISE, D_PRESS, D_HOVER, D_PGAIN, D_PGAMMA, D_PLEV, D_DROP, D_SMEAR = range(12)
NDV = 12


@njit(cache=True)
def seed(s):
    np.random.seed(s)


@njit(cache=True)
def U(a, b):
    return a + (b - a) * np.random.random()


@njit(cache=True)
def N(m, s):
    return m + s * np.random.randn()


@njit(cache=True)
def clip(v, a, b):
    return a if v < a else (b if v > b else v)


@njit(cache=True)
def make_style():
    s = np.zeros(NST)
    u = np.random.random()
    s[S_SCRIPT] = LATIN if u < 0.42 else (PRINT if u < 0.57 else (CJK if u < 0.85 else SCRIBBLE))
    s[S_SLANT] = N(0.15, 0.22)
    s[S_ADV] = math.exp(N(math.log(0.55), 0.3))
    s[S_TURN] = U(0.0, 1.0)
    s[S_DT] = math.exp(N(math.log(0.074), 0.22))
    s[S_MU] = N(-1.72, 0.2)
    s[S_SIG] = clip(N(0.25, 0.06), 0.1, 0.45)
    s[S_LIFT] = U(0.0, 0.3) if s[S_SCRIPT] == LATIN else (U(0.5, 1.0) if s[S_SCRIPT] == PRINT else U(0.3, 1.0))
    hand = math.exp(N(-0.12, 0.3))       # some repeat themselves well in everything
    s[S_VSP] = hand * math.exp(N(math.log(0.057), 0.35))
    s[S_VTM] = hand * math.exp(N(math.log(0.078), 0.35))
    s[S_DRIFT] = math.exp(N(math.log(1.2), 0.5)) / math.sqrt(hand)
    s[S_TREMOR] = math.exp(N(math.log(0.006), 0.5))
    s[S_PBASE] = U(0.35, 0.75)
    s[S_PDEPTH] = U(0.05, 0.3)
    s[S_PSPEED] = U(-0.15, 0.3)
    s[S_LETTERS] = U(0, 1)
    s[S_FLOUR] = U(0, 1)
    s[S_ISO] = U(0.15, 0.4)
    s[S_PVAR] = math.exp(N(math.log(0.03), 0.5))
    s[S_GSP] = hand * math.exp(N(0.0, 0.35))
    s[S_GTM] = hand * math.exp(N(0.0, 0.35))
    return s


@njit(cache=True)
def put(p, n, x, y, turn, pen, s):
    """Append a stroke to (x, y); returns the new count."""
    if n >= NMAX - 1:
        return n
    px = p[n - 1, 0] if n else 0.0
    py = p[n - 1, 1] if n else 0.0
    d = math.hypot(x - px, y - py)
    if d < 0.05:
        return n
    iso = clip(d, 0.15, 8.0) ** s[S_ISO]
    p[n, 0] = x
    p[n, 1] = y
    p[n, 2] = turn
    p[n, 3] = s[S_DT] * iso * math.exp(N(0, 0.18)) * (1.25 if pen == 0 else 1.0)
    p[n, 4] = s[S_MU] + 0.5 * math.log(iso) + N(0, 0.12)
    p[n, 5] = clip(s[S_SIG] + N(0, 0.05), 0.08, 0.6)
    p[n, 6] = pen
    p[n, 7] = math.exp(N(0, 0.65))
    p[n, 8] = math.exp(N(0, 0.6))
    down = 1.0 if y < py else -0.4
    p[n, 9] = clip(s[S_PBASE] + s[S_PDEPTH] * (0.6 * down + N(0, 0.7)), 0.05, 1.0)
    p[n, 10] = 0.0 if np.random.random() < 0.88 else U(0.02, 0.25)
    return n + 1


@njit(cache=True)
def sl(x, y, s):
    return x + s[S_SLANT] * y


@njit(cache=True)
def capital(p, n, x, s, big):
    h = U(1.8, 2.8) * big
    w = U(0.8, 2.2) * big
    k = np.random.randint(2, 7)
    y = h * U(0.5, 1.0)
    lx = x + w * U(0, 0.5)
    if n:
        n = put(p, n, sl(lx, y, s), y, N(0, 0.3), 0.0, s)
    else:
        # the signature starts here: shift later
        n = put(p, n, sl(lx, y, s) - 0.0, y, 0.0, 0.0, s)
    sgn = 1.0 if np.random.random() < 0.65 else -1.0
    up = False
    for i in range(k):
        y2 = h * U(0.6, 1.1) if up else U(-0.3, 0.5) * big
        if np.random.random() < 0.25:
            y2 = h * U(0.2, 0.8)
        x2 = x + w * U(0.0, 1.0)
        if np.random.random() < 0.2:
            sgn = -sgn
        turn = sgn * U(0.0, 2.4)
        n = put(p, n, sl(x2, y2, s), y2, turn, 1.0, s)
        up = not up
        if np.random.random() < 0.5 * s[S_LIFT] and i < k - 1:
            y3 = h * U(0.1, 1.0)
            n = put(p, n, sl(x + w * U(0, 0.9), y3, s), y3, N(0, 0.4), 0.0, s)
            up = y3 < 0.5 * h
    return n, x + w


@njit(cache=True)
def letters(p, n, x, s, count):
    start = x
    base = 0.0
    fade = U(0.9, 1.0)          # letters of a signature often flatten towards the end
    amp = 1.0
    lift = np.random.random() < 0.5
    for l in range(count):
        if n and (lift or np.random.random() < s[S_LIFT]):
            yy = base + U(0.0, 1.0)
            n = put(p, n, sl(x + s[S_ADV] * U(0, 0.4), yy, s), yy, N(0, 0.3), 0.0, s)
        lift = False
        u = np.random.random()
        h = 1.0
        low = 0.0
        zig = 1
        if u < 0.22:
            h = U(1.8, 2.6)
        elif u < 0.36:
            low = -U(0.8, 1.7)
        elif u < 0.42:
            h = U(1.7, 2.4)
            low = -U(0.7, 1.4)
        elif u < 0.7:
            zig = np.random.randint(1, 4)
        sgn = 1.0 if np.random.random() < 0.4 + 0.5 * s[S_TURN] else -1.0
        loop = np.random.random() < 0.45
        for z in range(zig):
            ux = U(0.3, 1.1) * s[S_ADV]
            y2 = base + amp * h * U(0.8, 1.15)
            n = put(p, n, sl(x + ux, y2, s), y2, sgn * (U(0.5, 1.9) if loop else U(0.0, 0.9)), 1.0, s)
            x += ux
            dx = U(-0.7, 0.0) * s[S_ADV] if loop else U(-0.1, 0.45) * s[S_ADV]
            y2 = base + amp * low + U(-0.12, 0.12)
            if np.random.random() < 0.15:
                sgn = -sgn
            n = put(p, n, sl(x + dx, y2, s), y2, sgn * (U(0.5, 2.2) if loop else U(0.0, 1.2)), 1.0, s)
            x += dx
            if low < 0 and np.random.random() < 0.8:
                x += 0.3 * s[S_ADV]
        amp *= fade
        base += U(-0.04, 0.06)
    # dots and crosses
    while np.random.random() < 0.28:
        xx = U(start, max(x, start + 1.0))
        yy = U(1.3, 2.2)
        n = put(p, n, sl(xx, yy, s), yy, N(0, 0.3), 0.0, s)
        if np.random.random() < 0.5:
            n = put(p, n, sl(xx + U(0.05, 0.25), yy - U(0.0, 0.3), s), yy - U(0.05, 0.3), N(0, 0.2), 1.0, s)
        else:
            n = put(p, n, sl(xx + U(0.6, 2.0), yy + U(-0.1, 0.3), s), yy + U(-0.1, 0.3), N(0, 0.25), 1.0, s)
    return n, x


@njit(cache=True)
def ideograph(p, n, x, y, s, size):
    k = np.random.randint(3, 9)
    for i in range(k):
        u = np.random.random()
        ax = x + size * U(0.0, 0.7)
        ay = y + size * U(0.15, 1.0) * (1.0 - 0.6 * i / k)
        if u < 0.34:
            bx = ax + size * U(0.3, 0.9); by = ay + size * U(-0.05, 0.15)
        elif u < 0.6:
            bx = ax + size * U(-0.06, 0.06); by = ay - size * U(0.3, 0.9)
        elif u < 0.78:
            bx = ax - size * U(0.2, 0.6); by = ay - size * U(0.25, 0.7)
        elif u < 0.9:
            bx = ax + size * U(0.2, 0.6); by = ay - size * U(0.2, 0.6)
        else:
            bx = ax + size * U(0.05, 0.15); by = ay - size * U(0.05, 0.2)
        if n == 0 or np.random.random() < s[S_LIFT]:
            n = put(p, n, sl(ax, ay, s), ay, N(0, 0.4), 0.0, s)
        else:
            n = put(p, n, sl(ax, ay, s), ay, N(0, 0.8), 1.0, s)
        n = put(p, n, sl(bx, by, s), by, N(0, 0.35), 1.0, s)
        if np.random.random() < 0.3:      # a turn or a hook
            v = np.random.random()
            if v < 0.5:
                cx = bx + size * U(-0.35, -0.08); cy = by + size * U(-0.05, 0.3)
            else:
                cx = bx + size * U(-0.1, 0.1); cy = by - size * U(0.2, 0.7)
            n = put(p, n, sl(cx, cy, s), cy, N(0, 0.5), 1.0, s)
    return n


@njit(cache=True)
def flourish(p, n, s):
    x0 = 0.0; x1 = 0.0; y0 = 0.0
    for i in range(n):
        x0 = min(x0, p[i, 0]); x1 = max(x1, p[i, 0]); y0 = min(y0, p[i, 1])
    w = max(x1 - x0, 2.0)
    u = np.random.random()
    if np.random.random() < 0.4 and n:
        n = put(p, n, x0 + w * U(0, 1), y0 + U(-0.6, 0.8), N(0, 0.5), 0.0, s)
    if u < 0.4:      # an underline, there and perhaps back
        n = put(p, n, x0 + w * U(-0.1, 0.3), y0 - U(0.2, 1.0), U(-1.5, 1.5), 1.0, s)
        n = put(p, n, x0 + w * U(0.7, 1.3), y0 - U(0.2, 1.2), N(0, 0.5), 1.0, s)
        if np.random.random() < 0.4:
            n = put(p, n, x0 + w * U(0.0, 0.5), y0 - U(0.4, 1.6), N(0, 1.2), 1.0, s)
    else:            # loops
        k = np.random.randint(2, 7)
        sgn = 1.0 if np.random.random() < 0.5 else -1.0
        cx = x0 + w * U(0.2, 0.9); rx = w * U(0.1, 0.5); ry = U(0.6, 2.0); a = U(0, 6.28)
        cy = U(-0.3, 1.0)
        for i in range(k):
            a += sgn * U(1.6, 3.2)
            n = put(p, n, cx + rx * math.cos(a), cy + ry * math.sin(a), sgn * U(1.0, 2.7), 1.0, s)
            cx += U(-0.2, 0.5)
    return n


@njit(cache=True)
def make_plan(s):
    p = np.zeros((NMAX, PL))
    n = 0
    x = 0.0
    sc = s[S_SCRIPT]
    if sc == LATIN:
        words = 1 if np.random.random() < 0.55 else 2
        for w in range(words):
            if np.random.random() < 0.85:
                n, x = capital(p, n, x, s, U(0.9, 1.5))
            c = 1 + int(s[S_LETTERS] * U(2, 7) / words ** 0.5)
            n, x = letters(p, n, x, s, c)
            x += U(0.3, 1.0)
    elif sc == PRINT:
        k = np.random.randint(2, 5)
        for w in range(k):
            n, x = capital(p, n, x, s, U(0.7, 1.2))
            x += U(0.0, 0.5)
            if np.random.random() < 0.3:
                n, x = letters(p, n, x, s, np.random.randint(1, 4))
    elif sc == CJK:
        k = np.random.randint(2, 4)
        vert = np.random.random() < 0.15
        y = 0.0
        for w in range(k):
            size = U(1.6, 2.6)
            n = ideograph(p, n, x, y, s, size)
            if vert:
                y -= size + U(0.1, 0.6)
            else:
                x += size + U(-0.2, 0.6)
    else:
        if np.random.random() < 0.6:
            n, x = capital(p, n, x, s, 1.4)
        for w in range(np.random.randint(1, 4)):
            n = flourish(p, n, s)
            if np.random.random() < 0.4:
                n, x = letters(p, n, x, s, np.random.randint(1, 4))
    if s[S_FLOUR] < 0.3:
        n = flourish(p, n, s)
    # the first stroke may not be pen-up travel: begin where it ends
    f = 0
    while f < n - 4 and p[f, 6] == 0.0:
        f += 1
    q = p[f:n].copy()
    if f > 0:
        q[:, 0] -= p[f - 1, 0]
        q[:, 1] -= p[f - 1, 1]
    m = q.shape[0]
    while m > 4 and q[m - 1, 6] == 0.0:
        m -= 1
    q = q[:m].copy()
    q[0, 6] = 1.0
    q[0, 10] = 0.0
    # a stroke that matters to its neighbours varies with them: smooth the instabilities a little
    for c in (7, 8):
        prev = q[0, c]
        for i in range(1, m):
            v = q[i, c]
            q[i, c] = v ** 0.75 * prev ** 0.25
            prev = v
    return q


@njit(cache=True)
def perturb(p, sp, tm, gsp, gtm, use_stab, kap, press):
    """A copy of plan p with everything moved a little: sp, tm local noise in space and time, gsp, gtm the global ones."""
    q = p.copy()
    n = q.shape[0]
    # affine about the centre
    cx = 0.0; cy = 0.0
    for i in range(n):
        cx += q[i, 0] / n; cy += q[i, 1] / n
    sc = math.exp(N(0, 0.06 * gsp)); ax = math.exp(N(0, 0.05 * gsp)); rot = N(0, 0.035 * gsp); sh = N(0, 0.05 * gsp)
    c = math.cos(rot); s_ = math.sin(rot)
    tempo = math.exp(N(0, 0.065 * gtm))
    dmu = N(0, 0.05 * gtm)
    dsg = N(0, 0.012 * gtm)
    wx = 0.0; wy = 0.0; wt = 0.0; wp = 0.0
    px0 = 0.0; py0 = 0.0
    ox = 0.0; oy = 0.0
    sy = sc / ax; sx = sc * ax
    for i in range(n):
        st = q[i, 7] if use_stab else 1.0
        stt = q[i, 8] if use_stab else 1.0
        d = math.hypot(p[i, 0] - px0, p[i, 1] - py0)
        px0 = p[i, 0]; py0 = p[i, 1]
        loc = sp * st * (0.5 + 0.5 * clip(d, 0.2, 4.0))
        wx = 0.8 * wx + N(0, 0.6 * loc); wy = 0.8 * wy + N(0, 0.45 * loc)
        x = (p[i, 0] - cx) * sx; y = (p[i, 1] - cy) * sy
        x += sh * y
        x, y = c * x - s_ * y, s_ * x + c * y
        q[i, 0] = x + cx + wx + N(0, 0.6 * loc)
        q[i, 1] = y + cy + wy + N(0, 0.6 * loc)
        q[i, 2] = p[i, 2] + N(0, kap * st)
        wt = 0.7 * wt + N(0, 0.5 * tm * stt)
        q[i, 3] = p[i, 3] * tempo * math.exp(wt + N(0, tm * stt))
        q[i, 4] = p[i, 4] + dmu + 0.5 * math.log(tempo) + N(0, 0.5 * tm * stt)
        q[i, 5] = clip(p[i, 5] + dsg + N(0, 0.15 * tm * stt), 0.06, 0.7)
        wp = 0.8 * wp + N(0, press)
        q[i, 9] = clip(p[i, 9] + wp + N(0, 0.6 * press), 0.03, 1.0)
    # keep the start at the origin's image
    # (the first stroke is drawn from (0,0): move everything so that the noise of its start is included)
    x = (0.0 - cx) * sx; y = (0.0 - cy) * sy
    x += sh * y
    x, y = c * x - s_ * y, s_ * x + c * y
    ox = x + cx; oy = y + cy
    for i in range(n):
        q[i, 0] -= ox; q[i, 1] -= oy
    return q


@njit(cache=True)
def session_plan(p, s):
    k = s[S_DRIFT]
    q = perturb(p, 0.55 * k * s[S_VSP], 0.6 * k * s[S_VTM], 0.8 * k * s[S_GSP], 0.9 * k * s[S_GTM], True, 0.10 * k, 1.2 * k * s[S_PVAR])
    return press_anew(q)


@njit(cache=True)
def press_anew(q):
    """How hard the pen is pressed where is the least steady of habits: in another sitting much of its course is another."""
    n = q.shape[0]
    mean = q[:, 9].mean()
    keep = U(0.2, 1.1)
    step = math.exp(N(math.log(0.05), 0.6))
    w = 0.0
    for i in range(n):
        w = 0.8 * w + N(0, step)
        q[i, 9] = clip(mean + keep * (q[i, 9] - mean) + w, 0.03, 1.0)
    return q


@njit(cache=True)
def drop_add(q, pdrop, padd, pause):
    """Leave strokes out, draw extra ones, hesitate."""
    n = q.shape[0]
    r = np.zeros((n + 6, PL))
    m = 0
    extra = 0
    for i in range(n):
        if i > 0 and i < n - 1 and q[i, 6] == 1.0 and np.random.random() < pdrop * q[i, 10]:
            continue
        r[m] = q[i]
        if i > 0 and np.random.random() < pause:
            r[m, 3] += U(0.03, 0.2)
        m += 1
        if extra < 5 and i < n - 1 and np.random.random() < padd:
            r[m] = q[i]
            px = r[m - 2, 0] if m > 1 else 0.0
            py = r[m - 2, 1] if m > 1 else 0.0
            f = U(0.1, 0.6)
            r[m, 0] = q[i, 0] + f * (px - q[i, 0]) + N(0, 0.1); r[m, 1] = q[i, 1] + f * (py - q[i, 1]) + N(0, 0.1)
            r[m, 6] = 1.0 if q[i, 6] == 1.0 else 0.0
            m += 1; extra += 1
    return r[:m].copy()


@njit(cache=True)
def genuine_plan(sess, s):
    wild = 1.0
    if np.random.random() < 0.07:        # now and then a careless one
        wild = U(1.2, 1.9)
    q = perturb(sess, wild * s[S_VSP], wild * s[S_VTM], wild * s[S_GSP], wild * s[S_GTM], True, 0.13 * wild, wild * s[S_PVAR])
    return drop_add(q, 1.0, 0.003, 0.006)


@njit(cache=True)
def forger_plan(p, s, fs, skill, rho):
    """What a forger of style fs makes of the victim's plan: once per forger. skill 0..1 in shape, rho 0..1 in rhythm."""
    e = (1.0 - skill)
    own = 0.6 + 0.4 * np.random.random()
    q = perturb(p, (0.06 + 0.16 * e) * own, 0.03 + 0.10 * (1 - rho), 0.8 + 1.2 * e, 0.8, False, 0.10 + 0.30 * e, 0.05)
    n = q.shape[0]
    ldt = 0.0; lfdt = math.log(fs[S_DT])
    speed = math.exp(N(-0.02 + 0.33 * (1 - rho), 0.25))     # forgers are slower, mostly
    vm = 0.0; vs = 0.0
    for i in range(n):
        vm += p[i, 4] / n; vs += p[i, 5] / n
    vdt = 0.0
    for i in range(n):
        vdt += math.log(p[i, 3]) / n
    pr = U(0.0, 0.5)          # pressure is not seen in what is left on paper or screen
    for i in range(n):
        px = q[i - 1, 0] if i else 0.0
        py = q[i - 1, 1] if i else 0.0
        d = math.hypot(q[i, 0] - px, q[i, 1] - py)
        iso = clip(d, 0.15, 8.0) ** fs[S_ISO]
        mean_dt = 0.65 * vdt + 0.35 * lfdt
        o = mean_dt + math.log(iso) + N(0, 0.16) + (0.22 if q[i, 6] == 0.0 else 0.0)
        q[i, 3] = speed * math.exp(rho * math.log(q[i, 3]) + (1 - rho) * o)
        om = 0.5 * vm + 0.5 * fs[S_MU] + 0.5 * math.log(iso) + N(0, 0.12)
        q[i, 4] = rho * q[i, 4] + (1 - rho) * om + 0.6 * math.log(speed)
        q[i, 5] = clip(rho * q[i, 5] + (1 - rho) * (fs[S_SIG] + N(0, 0.05)), 0.06, 0.7)
        if q[i, 6] == 0.0 and np.random.random() < 0.5 * (1 - rho):
            q[i, 3] *= U(1.0, 1.6)
        down = 1.0 if q[i, 1] < py else -0.4
        op = clip(fs[S_PBASE] + fs[S_PDEPTH] * (0.6 * down + N(0, 0.7)), 0.05, 1.0)
        q[i, 9] = pr * q[i, 9] + (1 - pr) * op
        q[i, 7] = math.exp(N(0, 0.4)); q[i, 8] = math.exp(N(0, 0.4))
        q[i, 10] = 0.0 if np.random.random() < 0.9 else 0.2
    # details unseen, a long stroke drawn in two
    r = np.zeros((2 * n + 2, PL))
    m = 0
    for i in range(n):
        px = q[i - 1, 0] if i else 0.0
        py = q[i - 1, 1] if i else 0.0
        d = math.hypot(q[i, 0] - px, q[i, 1] - py)
        if 0 < i < n - 1 and d < 0.6 and np.random.random() < 0.10 * e:
            continue
        if d > 0.7 and np.random.random() < 0.12 * (1 - rho):
            k = q[i, 2]
            a = math.atan2(q[i, 1] - py, q[i, 0] - px)
            # the middle of the arc
            h = math.tan(k / 4.0) * 0.5 * d if abs(k) < 3.0 else 0.0
            r[m] = q[i]
            r[m, 0] = 0.5 * (px + q[i, 0]) + h * math.sin(a); r[m, 1] = 0.5 * (py + q[i, 1]) - h * math.cos(a)
            r[m, 2] = 0.5 * k
            m += 1
            r[m] = q[i]
            r[m, 2] = 0.5 * k
            r[m, 3] = 0.8 * q[i, 3]
            m += 1
        else:
            r[m] = q[i]
            m += 1
    return r[:m].copy()


@njit(cache=True)
def forged_plan(fp, fs, skill):
    w = 0.85 + 0.3 * (1 - skill)
    q = perturb(fp, w * fs[S_VSP], w * fs[S_VTM], fs[S_GSP], fs[S_GTM], True, 0.12, fs[S_PVAR])
    return drop_add(q, 1.0, 0.006, 0.012)


@njit(cache=True)
def make_device():
    d = np.zeros(NDV)
    u = np.random.random()
    if u < 0.6:        # stylus
        v = np.random.random()
        d[D_RATE] = 100.0 if v < 0.6 else U(100, 200)
        d[D_PX] = U(30, 400)
        d[D_QUANT] = 1.0 if np.random.random() < 0.8 else 0.25
        d[D_NOISE] = U(0.0, 0.006)
        d[D_PRESS] = 1.0
        d[D_HOVER] = 1.0 if np.random.random() < 0.45 else 0.0
        d[D_TJIT] = 0.0 if np.random.random() < 0.7 else U(0, 0.3)
    elif u < 0.9:      # finger
        d[D_RATE] = U(40, 120)
        d[D_PX] = U(25, 90)
        d[D_QUANT] = 1.0 if np.random.random() < 0.6 else 0.33
        d[D_NOISE] = U(0.005, 0.02)
        d[D_TJIT] = U(0, 0.5)
        d[D_SMEAR] = U(0.0, 0.06)
    else:              # mouse
        d[D_RATE] = U(60, 125)
        d[D_PX] = U(20, 80)
        d[D_QUANT] = 1.0
        d[D_NOISE] = U(0.0, 0.012)
        d[D_TJIT] = U(0, 0.4)
    d[D_PGAIN] = U(0.7, 1.5)
    d[D_PGAMMA] = U(0.6, 1.5)
    d[D_PLEV] = 256.0 if np.random.random() < 0.3 else 1024.0
    d[D_DROP] = 0.0 if np.random.random() < 0.7 else U(0, 0.08)
    return d


@njit(cache=True)
def other_device(d):
    """Another pen or screen of the same kind, or another browser: it samples, scales and senses a little differently."""
    o = d.copy()
    o[D_RATE] = clip(d[D_RATE] * U(0.6, 1.5), 40.0, 240.0)
    o[D_PX] = d[D_PX] * U(0.6, 1.6)
    o[D_NOISE] = d[D_NOISE] * U(0.5, 2.0)
    o[D_TJIT] = U(0.0, 0.4)
    o[D_PGAIN] = d[D_PGAIN] * U(0.75, 1.33)
    o[D_PGAMMA] = d[D_PGAMMA] * U(0.75, 1.33)
    o[D_DROP] = U(0.0, 0.04)
    return o


@njit(cache=True)
def disp(u, D, a, k):
    if abs(k) < 1e-3:
        return D * u * math.cos(a), D * u * math.sin(a)
    return D / k * (math.sin(a + k * u) - math.sin(a)), -D / k * (math.cos(a + k * u) - math.cos(a))


@njit(cache=True)
def execute(p, rate, tremor, tjit):
    """Draw a plan: returns t (s), x, y, pen, pressure aim and speed at the device's sampling times."""
    n = p.shape[0]
    t0 = np.zeros(n); ts = np.zeros(n + 1)
    acc = 0.0
    D = np.zeros(n); A = np.zeros(n)
    for i in range(n):
        acc += p[i, 3] if i else 0.0
        t0[i] = acc
        ts[i] = acc + math.exp(p[i, 4] - 1.7 * p[i, 5])
        px = p[i - 1, 0] if i else 0.0
        py = p[i - 1, 1] if i else 0.0
        dx = p[i, 0] - px; dy = p[i, 1] - py
        c = math.hypot(dx, dy)
        k = clip(p[i, 2], -4.5, 4.5)
        D[i] = c if abs(k) < 1e-3 else c * (0.5 * k) / math.sin(0.5 * k)
        A[i] = math.atan2(dy, dx) - 0.5 * k
    ts[n] = t0[n - 1] + math.exp(p[n - 1, 4] + 1.3 * p[n - 1, 5])
    for i in range(1, n + 1):
        if ts[i] < ts[i - 1] + 0.012:
            ts[i] = ts[i - 1] + 0.012
    start = ts[0]; end = ts[n]
    dur = min(end - start, 9.0)
    m = int(dur * rate) + 1
    T = np.zeros(m); X = np.zeros(m); Y = np.zeros(m); P = np.zeros(m); Q = np.zeros(m)
    ph = U(0, 1) / rate
    for j in range(m):
        T[j] = start + ph + (j + tjit * U(-0.5, 0.5)) / rate
    for i in range(n):
        k = clip(p[i, 2], -4.5, 4.5)
        lo = t0[i] + math.exp(p[i, 4] - 3.6 * p[i, 5]); hi = t0[i] + math.exp(p[i, 4] + 3.6 * p[i, 5])
        ex, ey = disp(1.0, D[i], A[i], k)
        for j in range(m):
            t = T[j]
            if t <= lo:
                continue
            if t >= hi:
                X[j] += ex; Y[j] += ey
            else:
                u = 0.5 * (1.0 + math.erf((math.log(t - t0[i]) - p[i, 4]) / (p[i, 5] * 1.41421356)))
                gx, gy = disp(u, D[i], A[i], k)
                X[j] += gx; Y[j] += gy
    # tremor: a few sinusoids of 4 to 12 Hz
    for h in range(4):
        f = U(4.0, 12.0); a1 = N(0, tremor); a2 = N(0, tremor); p1 = U(0, 6.283); p2 = U(0, 6.283)
        for j in range(m):
            X[j] += a1 * math.sin(6.283 * f * T[j] + p1); Y[j] += a2 * math.sin(6.283 * f * T[j] + p2)
    i = 0
    for j in range(m):
        while i < n - 1 and T[j] >= ts[i + 1]:
            i += 1
        P[j] = p[i, 6]
        nxt = p[min(i + 1, n - 1), 9]
        w = clip((T[j] - ts[i]) / max(ts[i + 1] - ts[i], 1e-3), 0, 1)
        Q[j] = p[i, 9] * (1 - w) + nxt * w
    for j in range(m):
        T[j] -= start
    return T, X, Y, P, Q


@njit(cache=True)
def smooth_noise(m, width):
    """Unit-variance noise whose correlation length is about width samples."""
    k = int(m / width) + 4
    g = np.random.randn(k)
    o = np.zeros(m)
    off = np.random.random()
    for j in range(m):
        f = j / width + off
        i = int(f); w = f - i
        w = w * w * (3 - 2 * w)
        o[j] = (g[i] * (1 - w) + g[i + 1] * w) * 1.15
    return o


@njit(cache=True)
def retime(T, X, Y, P, Q, warp, slow, rate, tremor, follow):
    """A forger who follows the drawn line: space bent smoothly, speed from the curvature and his own hand.
    follow 0..1: how much of the victim's own speed profile he reproduces."""
    m = T.shape[0]
    size = 0.0
    mx = X.mean(); my = Y.mean()
    for j in range(m):
        size += (X[j] - mx) ** 2 + (Y[j] - my) ** 2
    size = math.sqrt(size / m) + 1e-6
    dt0 = (T[m - 1] - T[0]) / (m - 1)
    bx = smooth_noise(m, U(0.12, 0.5) / dt0); by = smooth_noise(m, U(0.12, 0.5) / dt0)
    x = np.zeros(m); y = np.zeros(m)
    lim = warp * min(size, 1.5)
    for j in range(m):
        x[j] = X[j] + lim * bx[j]; y[j] = Y[j] + lim * by[j]
    s = np.zeros(m)
    for j in range(1, m):
        s[j] = s[j - 1] + math.hypot(x[j] - x[j - 1], y[j] - y[j - 1])
    vm = s[m - 1] / (T[m - 1] - T[0] + 1e-6)
    tn = np.zeros(m)
    nz = smooth_noise(m, U(0.06, 0.15) / dt0); nz2 = smooth_noise(m, U(0.3, 0.8) / dt0)
    amp = U(0.15, 0.4)
    beta = U(0.15, 0.36)
    w = max(int(0.03 / dt0), 1)
    base = 0.0
    lv = np.zeros(m)
    for j in range(m):
        a = max(j - w, 0); b = min(j + w, m - 1)
        d1x = x[j] - x[a]; d1y = y[j] - y[a]; d2x = x[b] - x[j]; d2y = y[b] - y[j]
        l1 = math.hypot(d1x, d1y) + 1e-6; l2 = math.hypot(d2x, d2y) + 1e-6
        ang = abs(math.atan2(d1x * d2y - d1y * d2x, d1x * d2x + d1y * d2y))
        kap = ang / (0.5 * (l1 + l2) + 0.03)
        vv = math.hypot(x[b] - x[a], y[b] - y[a]) / ((b - a) * dt0) + 0.05 * vm
        lv[j] = (1 - follow) * (math.log(vm) - beta * math.log(kap + 0.3)) + follow * math.log(vv) + amp * nz[j] + 0.2 * nz2[j]
        base += lv[j]
    for j in range(1, m):
        ds = s[j] - s[j - 1]
        tn[j] = tn[j - 1] + ds / math.exp(lv[j]) + 0.02 * dt0
    # bring it to the aimed length
    f = slow * (T[m - 1] - T[0]) / (tn[m - 1] + 1e-9)
    for j in range(m):
        tn[j] *= f
    d = min(tn[m - 1], 9.0)
    k = int(d * rate) + 1
    t2 = np.zeros(k); x2 = np.zeros(k); y2 = np.zeros(k); p2 = np.zeros(k); q2 = np.zeros(k)
    i = 0
    for j in range(k):
        t = j / rate
        while i < m - 2 and tn[i + 1] < t:
            i += 1
        w_ = clip((t - tn[i]) / max(tn[i + 1] - tn[i], 1e-6), 0, 1)
        t2[j] = t
        x2[j] = x[i] * (1 - w_) + x[i + 1] * w_; y2[j] = y[i] * (1 - w_) + y[i + 1] * w_
        p2[j] = P[i]; q2[j] = Q[i] * (1 - w_) + Q[i + 1] * w_
    for h in range(4):
        fr = U(5.0, 12.0); a1 = N(0, tremor); a2 = N(0, tremor); p1 = U(0, 6.283); pp = U(0, 6.283)
        for j in range(k):
            x2[j] += a1 * math.sin(6.283 * fr * t2[j] + p1); y2[j] += a2 * math.sin(6.283 * fr * t2[j] + pp)
    return t2, x2, y2, p2, q2


@njit(cache=True)
def record(T, X, Y, P, Q, dv, s):
    """What the device reports: rows of t (ms), x, y (px), pressure (-1: none), pen."""
    m = T.shape[0]
    out = np.zeros((m, 5))
    px = dv[D_PX]
    n = 0
    pn = smooth_noise(m, 8.0); pm = smooth_noise(m, 40.0)
    last = -1.0
    ramp = 0.0
    vm = 1e-6
    gain = math.exp(N(0, 2.5 * s[S_PVAR]))
    gam = math.exp(N(0, 2.5 * s[S_PVAR]))
    slow = U(0.015, 0.06)
    for j in range(1, m):
        vm += math.hypot(X[j] - X[j - 1], Y[j] - Y[j - 1]) / m
    smx = 0.0; smy = 0.0
    for j in range(m):
        if P[j] > 0.5:
            if last < 0.5:
                smx = N(0, dv[D_SMEAR]); smy = N(0, dv[D_SMEAR])
                ramp = 0.0
            ramp = min(1.0, ramp + 0.35)
        smx *= 0.7; smy *= 0.7
        keep = P[j] > 0.5 or dv[D_HOVER] > 0.5
        lp = last
        last = P[j]
        if np.random.random() < dv[D_DROP]:
            keep = keep and j == 0
        if not keep:
            continue
        q = dv[D_QUANT]
        x = (X[j] + smx + N(0, dv[D_NOISE])) * px; y = (Y[j] + smy + N(0, dv[D_NOISE])) * px
        out[n, 0] = T[j] * 1000.0
        out[n, 1] = math.floor(x / q + 0.5) * q
        out[n, 2] = -math.floor(y / q + 0.5) * q      # screens count downwards
        if dv[D_PRESS] > 0.5:
            v = math.hypot(X[j] - X[j - 1], Y[j] - Y[j - 1]) / vm if j else 0.0
            pr = Q[j] - s[S_PSPEED] * 0.25 * (v - 1.0) + 0.025 * pn[j] + slow * pm[j]
            up = 1.0
            for h in range(1, 4):       # the pen is lifted over some 30 ms
                if j + h < m and P[j + h] < 0.5 or j + h >= m:
                    up = min(up, h / 4.0 + 0.1)
            pr = clip(pr, 0.02, 2.0) * ramp * up
            pr = clip(gain * dv[D_PGAIN] * pr ** (dv[D_PGAMMA] * gam), 0.0, 1.0)
            out[n, 3] = math.floor(pr * dv[D_PLEV]) / dv[D_PLEV] if P[j] > 0.5 else 0.0
        else:
            out[n, 3] = -1.0
        out[n, 4] = P[j]
        n += 1
    return out[:n].copy()


@njit(cache=True)
def sign(plan, s, dv):
    T, X, Y, P, Q = execute(plan, dv[D_RATE], s[S_TREMOR], dv[D_TJIT])
    return record(T, X, Y, P, Q, dv, s)


@njit(cache=True)
def forge_line(plan, fs, dv, skill, rho):
    """A forgery that follows the victim's line (traced when rho is small)."""
    T, X, Y, P, Q = execute(plan, 200.0, 0.3 * fs[S_TREMOR], 0.0)
    slow = math.exp(N(0.05 + 0.42 * (1 - rho), 0.28))
    warp = 0.05 + 0.11 * (1 - skill) * U(0.3, 1.0)
    for j in range(Q.shape[0]):
        Q[j] = 0.35 * Q[j] + 0.65 * fs[S_PBASE]
    t, x, y, p, q = retime(T, X, Y, P, Q, warp, slow, dv[D_RATE], fs[S_TREMOR] * (1 + (1 - rho)), rho * 0.8)
    return record(t, x, y, p, q, dv, fs)


class Writer:
    """One synthetic person: a style, a plan, sessions that drift, a device."""

    def __init__(self, style=None, device=None, other=0.0):
        self.style = make_style() if style is None else style
        for _ in range(20):
            self.plan = make_plan(self.style)
            d = float(self.plan[:, 3].sum())
            if len(self.plan) >= 5 and 0.45 < d < 5.5:
                break
        self.device = make_device() if device is None else device
        self.sessions = {}
        self.hands = {}
        self.later = other_device(self.device) if np.random.rand() < other else self.device      # what later sittings are drawn with

    def session(self, k):
        if k not in self.sessions:
            self.sessions[k] = session_plan(self.plan, self.style)
        return self.sessions[k]

    def genuine(self, k=0):
        style, device = self.hand(k)
        return sign(genuine_plan(self.session(k), self.style), style, device)

    def hand(self, k):
        """Style and pen of a sitting: how the pen is held and what lies under the sheet change gain, curve, saturation and the share of speed in the pressure."""
        if k not in self.hands:
            style, device = self.style.copy(), (self.later if k else self.device).copy()
            style[S_PSPEED] += np.random.normal(0, 0.12)
            device[D_PGAIN] *= np.exp(np.random.normal(0, 0.3))
            device[D_PGAMMA] *= np.exp(np.random.normal(0, 0.3))
            self.hands[k] = style, device
        return self.hands[k]

    def forger(self):
        fs = make_style()
        fs[S_SLANT] = self.style[S_SLANT]
        # forgers see a sample or a few of one session, not the plan
        k = int(np.random.rand() < 0.3)
        seen = genuine_plan(self.session(k), self.style) if np.random.rand() < 0.5 else self.session(k)
        skill, rho = np.random.rand() ** 0.7, 0.65 * np.random.rand() ** 1.5
        return fs, forger_plan(seen, self.style, fs, skill, rho), seen, skill, rho

    def forgery(self, f):
        fs, fp, seen, skill, rho = f
        if np.random.rand() < 0.65:
            return sign(forged_plan(fp, fs, skill), fs, self.device)
        return forge_line(perturb(seen, 0.05, 0.03, 1.0, 1.0, False, 0.1, 0.04), fs, self.device, skill, rho)

    def sibling(self):
        """Another person with the same style and pen: a hard random impostor."""
        return Writer(self.style.copy(), self.device)
