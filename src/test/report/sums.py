#!/usr/bin/env python3
"""Sums of a log tree, computed without any of Tollgate's code: `sums.py TREE PRICES KEY,... [--key tenant=TenantID]`.

Prints one JSON object: key values joined by "|" to [calls, failed, denied, input, output, cache read, cache write,
cache write of one hour, micro-USD].
"""
import gzip
import json
import math
import os
import re
import sys
from fractions import Fraction

tree, prices_file, keys = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
older_tenant = "TenantID" in " ".join(sys.argv[4:])
SCOPES = {"us", "eu", "apac", "jp", "au", "ca", "us-gov", "global", "in", "sa", "me", "af"}

prices = {}
for line in open(prices_file):
    if line.strip() and not line.startswith(("#", "model,")):
        c = line.strip().split(",") + [""] * 16
        rates = [Fraction(x or 0) for x in c[4:9]]
        prices.setdefault(c[0], []).append(dict(
            model=c[0], scope=c[1], since=c[2], above=int(c[3]), cost=rates, kind=c[12], unit=c[13], variant=c[14],
            price=Fraction(c[15] or 0)))
for lines in prices.values():
    lines.sort(key=lambda p: (p["since"], p["above"]), reverse=True)


def bare(model_id):
    """(scope, model) of an id; no model for ARNs that do not say."""
    if model_id.startswith("arn:"):
        kind, _, name = model_id.split(":", 5)[5].partition("/")
        if kind not in ("foundation-model", "inference-profile"):
            return "", None
        model_id = name
    prefix, _, rest = model_id.partition(".")
    return (prefix, rest) if prefix in SCOPES else ("", model_id)


def kind(name):
    if "embed" in name:
        return "embedding"
    if "rerank" in name:
        return "rerank"
    if "reel" in name or "video" in name or name.startswith("luma."):
        return "video"
    image = any(x in name for x in ("image", "canvas", "diffusion")) or name.startswith("stability.")
    return "image" if image else "text"


def weight(line):
    return line["cost"][0] + line["cost"][1] + line["price"]


def select(lines, scope, day, size):
    """The line in force: of this scope, else the dearest of another, else the dearest of those to come."""
    fitting = [p for p in lines if p["above"] == 0 or size > p["above"]]
    begun = [p for p in fitting if p["since"] <= day]
    for p in begun:
        if p["scope"] in (scope, "any"):
            return p
    return max(begun or fitting, key=weight, default=None)


def price(model_id, day, size, unit=""):
    scope, model = bare(model_id)
    model = model or ""
    provider, _, name = model.partition(".") if "." in model else ("", "", model)
    family = re.sub(r"(-\d{8})?(-v\d+)?(:\d+)*(:[a-z0-9]+)?$", "", name) or name
    key = provider + "." + family if model else ""
    scope = "global" if scope == "global" else "regional"
    for spelling in (model, model.split(":")[0], key):
        if spelling in prices:
            lines = [p for p in prices[spelling] if p["unit"] == unit and not p["variant"]]
            return select(lines, scope, day, size)
    cut = len(key)
    while True:
        best = None
        for name, lines in prices.items():
            if name.startswith(key[:max(cut, 0)]) and (lines[0]["kind"] or kind(name)) == kind(model):
                line = select([p for p in lines if p["unit"] == unit and not p["variant"]], scope, day, size)
                if line and (best is None or weight(line) > weight(best)):
                    best = line
        if best or cut <= 0:
            return best
        cut = max(key[:cut].rfind("-"), key[:cut].rfind("."))


def one_hour(body):
    found = 0
    for part in body if isinstance(body, list) else [body]:
        for holder in (part, part.get("metadata"), part.get("message")):
            usage = (holder or {}).get("usage") or {}
            found = max(found, (usage.get("cache_creation") or {}).get("ephemeral_1h_input_tokens", 0),
                        sum(d["inputTokens"] for d in usage.get("cacheDetails", []) if d["ttl"] == "1h"))
    return found


logs, usages = {}, {}
for folder, folders, files in os.walk(tree):
    if "BedrockModelInvocationLogs" in folder and "data" in folders:
        folders.remove("data")
    for file in sorted(files):
        if file.startswith(".") or file == "amazon-bedrock-logs-permission-check":
            continue
        path = os.path.join(folder, file)
        for line in gzip.open(path, "rt") if file.endswith(".gz") else open(path):
            try:
                record = json.loads(line)
            except ValueError:
                continue
            (usages if "tollgateId" in record else logs).setdefault(record["requestId"], record)

sums = {}
for call in logs.keys() | usages.keys():
    log, usage = logs.get(call), usages.get(call, {})
    meta = (log or {}).get("requestMetadata", {})
    if log:
        given, got = log["input"], log.get("output", {})
        body = got.get("outputBodyJson", {})
        counts = [given.get("inputTokenCount", 0), got.get("outputTokenCount", 0), given.get("cacheReadInputTokenCount", 0),
                  given.get("cacheWriteInputTokenCount", 0)]
        counts.append(min(counts[3], max(one_hour(body), usage.get("cacheWrite1hTokens", 0))))
        request = given.get("inputBodyJson", {})
        tier = request.get("serviceTier", {}).get("type") or request.get("service_tier") or usage.get("tier", "default")
        failed, denied = "errorCode" in log, False
        time, model_id = log["timestamp"], log["modelId"]
    else:
        counts = [usage["inputTokens"], usage["outputTokens"], usage["cacheReadTokens"],
                  usage["cacheWrite5mTokens"] + usage["cacheWrite1hTokens"], usage["cacheWrite1hTokens"]]
        tier, denied = usage["tier"], usage["decision"] == "denied"
        failed = usage["status"] >= 400
        time, model_id = usage["timestamp"], usage["modelId"]
    per = [counts[0], counts[1], counts[2], counts[3] - counts[4], counts[4]]
    day = time[:10]
    if sum(per):
        row = price(model_id, day, per[0] + per[2] + per[3] + per[4])
        percent = {"flex": 50, "priority": 175}.get(tier, 100)
        # Dollars for a million tokens are micro-dollars for one.
        cost = math.ceil(sum(n * p for n, p in zip(per, row["cost"])) * percent / 100)
    else:
        # An image of unknown size, unless the usage record states what it cost.
        cost = usage.get("microUsd", 0) if not failed and not denied else 0
        if cost == 0 and not failed and not denied:
            unit = "image" if "canvas" in model_id and log else "query"
            line = price(model_id, day, 0, unit)
            cost = math.ceil(line["price"] * 1000000) if line else 0
    names = {"day": day, "month": day[:7], "model": bare(model_id)[1] or model_id, "department": meta.get("department", ""),
             "tenant": meta.get("TenantID" if older_tenant and "TenantID" in meta else "tenantId") or usage.get("tenant", ""),
             "region": (log or {}).get("region", ""), "account": (log or {}).get("accountId", ""),
             "costCenter": usage.get("costCenter", "")}
    group = sums.setdefault("|".join(names[k] for k in keys), [0] * 9)
    for i, n in enumerate([1, failed, denied] + counts + [cost]):
        group[i] += n
json.dump(sums, sys.stdout)
