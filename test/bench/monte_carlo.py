"""The Monte Carlo of the bench, vectorised in NumPy. Reads the model as one JSON line, then a number of paths a line;
answers each with the milliseconds it took and, on the first round, the results."""

import json
import sys
import time

import numpy as np


def simulate(model, paths, seed):
    rng = np.random.default_rng(seed)
    months = model["months"]
    supply = np.array(model["supply"], dtype=float)
    stages, resources = supply.shape
    base = np.array([d["base"] for d in model["demands"]])
    rate = np.array([d["rate"] for d in model["demands"]])
    alpha = np.array([d["alpha"] for d in model["demands"]])
    monthly = np.array(model["monthly"], dtype=float)
    once = np.array(model["once"], dtype=float)

    # Geometric Brownian motion with antithetic pairs, months x paths.
    half = (paths + 1) // 2
    shocks = np.cumsum(rng.standard_normal((months - 1, half)), axis=0)
    log_driver = np.empty((months, 2 * half))
    log_driver[0] = 0.0
    log_driver[1:, :half] = shocks
    log_driver[1:, half:] = -shocks
    log_driver = log_driver[:, :paths]
    log_driver *= model["deviation"]
    log_driver += np.log1p(model["rate"]) * np.arange(months)[:, None] + np.log(model["present"])
    driver = np.exp(log_driver)

    # Demands, resources x months x paths.
    demand = np.empty((resources, months, paths))
    for r in range(resources):
        power = driver if alpha[r] == 1 else np.exp(alpha[r] * log_driver)
        np.multiply(power, rate[r], out=demand[r])
        demand[r] += base[r]

    # Every rule turns over at one value of the driver, since demands never fall when it rises.
    def turning(share, amount):
        return np.maximum((share * amount - base) / rate, 0.0) ** (1 / alpha)

    up_at = np.array([turning(model["up"], supply[s]) for s in range(stages - 1)])
    down_at = np.array([turning(model["down"], supply[s])[0] for s in range(stages)])
    full_at = np.array([turning(1.0, supply[s]).min() for s in range(stages)])
    move_at = np.append(up_at.min(axis=1), np.inf)

    # First month of each up trigger: the first crossing of a running maximum.
    peak = np.maximum.accumulate(driver, axis=0)
    fired = np.empty((stages - 1, resources, paths), dtype=np.int16)
    for s in range(stages - 1):
        for r in range(resources):
            fired[s, r] = (peak <= up_at[s, r]).sum(axis=0)

    held = np.zeros(paths, dtype=np.intp)
    target = np.full(paths, -1, dtype=np.intp)
    arrival = np.zeros(paths, dtype=np.intp)
    idle = np.full((stages, paths), months, dtype=np.int16)
    stage_of = np.empty((months, paths), dtype=np.intp)
    cost = np.empty((months, paths))
    paid = np.zeros(paths)
    for month in range(months):
        x = driver[month]
        paid[:] = 0.0
        arrived = np.flatnonzero((target >= 0) & (arrival <= month))
        if arrived.size:
            held[arrived] = target[arrived]
            paid[arrived] = once[held[arrived]]
            target[arrived] = -1
        up = x > move_at[held]
        down = (x < down_at[held]) & (held > 0)
        below = np.flatnonzero(down)
        if below.size:
            rows = held[below]
            idle[rows, below] = np.minimum(idle[rows, below], month)
        free = target < 0
        going = np.flatnonzero(up & free)
        target[going] = held[going] + 1
        arrival[going] = month + model["lead"]
        back = np.flatnonzero(down & free & ~up)
        back = back[x[back] <= move_at[held[back] - 1]]
        target[back] = held[back] - 1
        arrival[back] = month + model["lead"]
        stage_of[month] = held
        cost[month] = monthly[held] + paid
    cumulative = np.cumsum(cost, axis=0)

    def band(values):
        ranks = [max(0, int(np.ceil(q * paths)) - 1) for q in (0.1, 0.5, 0.9)]
        return np.partition(values, ranks, axis=1)[:, ranks].T

    over = driver > full_at[stage_of]
    shares = np.stack([(stage_of == s).mean(axis=1) for s in range(stages)])
    pairs = (cost[:, : paths // 2] + cost[:, half : half + paths // 2]) / 2
    ranks = [max(0, int(np.ceil(q * paths)) - 1) for q in (0.1, 0.5, 0.9)]
    return {
        "driver": band(driver),
        "cost": band(cost),
        "cumulative": band(cumulative),
        "costPerDriver": band(monthly[stage_of] / driver),
        "utilisation": [band(demand[r] / supply[stage_of, r]) for r in range(resources)],
        # Without a profile of the week a month is overloaded throughout or not at all.
        "overload": band(over * 43800.0),
        "overloadShare": over.mean(axis=1),
        "stageShare": shares,
        "costMean": cost.mean(axis=1),
        "costError": pairs.std(axis=1, ddof=1) / np.sqrt(pairs.shape[1]),
        "up": np.partition(fired.reshape(-1, paths), ranks, axis=1)[:, ranks],
        "upShare": (fired < months).mean(axis=2).reshape(-1),
        "down": np.partition(idle, ranks, axis=1)[:, ranks],
        "downShare": (idle < months).mean(axis=1),
    }


def plain(value):
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.tolist()


def main():
    model = json.loads(sys.stdin.readline())
    first = True
    for line in sys.stdin:
        start = time.perf_counter()
        result = simulate(model, int(line), 1)
        took = (time.perf_counter() - start) * 1000
        answer = {"ms": took, "result": plain(result)} if first else {"ms": took}
        first = False
        print(json.dumps(answer), flush=True)


main()
