using EdgeModules.Alerting.Machine;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting;

/// <summary>
/// The direct methods <c>getActiveAlerts</c>, <c>acknowledge</c>, <c>silence</c> and <c>evaluate</c>. What changes state is durable before the answer goes.
/// </summary>
/// <param name="perform">Does something within a call of the engine.</param>
internal sealed class AlertMethods(AlertEngine engine, ClockPolicy policy, Func<ModuleContext<AlertSettings>, Action, ModuleResult> perform)
{
    /// <summary>An answer has at most 128 KB; an alert in it some 400 bytes.</summary>
    private const int MostAlerts = 200;

    private const int LongestSilence = 604_800;

    /// <returns>Null for another method.</returns>
    public MethodResponse? Call(MethodRequest request, ModuleContext<AlertSettings> context)
    {
        var payload = request.Payload as JObject ?? [];
        return request.Name switch
        {
            "getActiveAlerts" => Checked(payload, ["deviceId", "rule"], () => ActiveAlerts(payload)),
            "acknowledge" => Checked(payload, ["alertId", "deviceId", "rule"], () => Acknowledge(payload, context)),
            "silence" => Checked(payload, ["deviceId", "rule", "seconds"], () => Silence(payload, context)),
            "evaluate" => Evaluate(request.Payload, context),
            _ => null,
        };
    }

    private static MethodResponse Checked(JObject payload, string[] known, Func<MethodResponse> call)
    {
        foreach (var (key, value) in payload)
        {
            if (!known.Contains(key)) return Wrong($"{key} is not known here; the payload may have {string.Join(", ", known)}.");
            if (key != "seconds" && value is not JValue { Value: string }) return Wrong($"{key} must be a string.");
        }

        return call();
    }

    private MethodResponse ActiveAlerts(JObject payload)
    {
        var alarms = engine.Active.Where(Selector(payload)).OrderByDescending(alarm => alarm.Memory.Severity).ThenByDescending(alarm => alarm.Memory.Since).ToList();
        return new MethodResponse(200, new JObject { ["count"] = alarms.Count, ["alerts"] = new JArray(alarms.Take(MostAlerts).Select(Describe)) });
    }

    private JObject Describe(Alarm alarm)
    {
        var json = new JObject { ["alertId"] = alarm.Id, [alarm.IsZone ? "zone" : "deviceId"] = alarm.Subject, ["rule"] = alarm.RuleId };
        json["severity"] = alarm.Memory.Severity == Severity.Critical ? "critical" : "warning";
        json["since"] = alarm.Memory.Since;
        json["suppressedRepeats"] = alarm.Memory.SuppressedRepeats;
        json["acknowledged"] = alarm.Memory.IsAcknowledged;
        json["backfill"] = alarm.Memory.ToldAsBackfill;
        if (engine.SilenceOf(alarm) is { } silence) json["silencedUntil"] = silence.Until;
        return json;
    }

    private MethodResponse Acknowledge(JObject payload, ModuleContext<AlertSettings> context)
    {
        if (payload.Count == 0) return Wrong("alertId, deviceId or rule must say which alarms.");
        var selector = Selector(payload);
        var count = engine.Active.Count(selector);
        if (count == 0) return new MethodResponse(404, new JObject { ["message"] = "No such alarm is active." });
        return new EffectiveResponse(200, new JObject { ["acknowledged"] = count }, perform(context, () => engine.Acknowledge(selector)));
    }

    private MethodResponse Silence(JObject payload, ModuleContext<AlertSettings> context)
    {
        if (payload["seconds"] is not JValue { Value: long seconds and >= 0 and <= LongestSilence }) return Wrong("seconds must be a whole number, 0 to 604800; 0 ends a silence.");
        if (payload["deviceId"] is null && payload["rule"] is null) return Wrong("deviceId or rule must say what is to be silent.");
        var until = context.Now.ToUnixTimeMilliseconds() + seconds * 1000;
        var silence = new Silence(payload.Value<string?>("rule"), payload.Value<string?>("deviceId"), until);
        return new EffectiveResponse(200, new JObject { ["until"] = until }, perform(context, () => engine.Add(silence)));
    }

    private MethodResponse Evaluate(JToken? payload, ModuleContext<AlertSettings> context)
    {
        if (payload is not (JObject or JArray)) return Wrong("The payload must be a reading, or an array of them.");
        var batch = new MessageCodec().Decode(JsonText.ToUtf8(payload), context.Settings.NamedMetrics());
        if (batch.Invalid.Count > 0) return Wrong($"{batch.Invalid[0].Path}: {batch.Invalid[0].Error}");
        var trial = engine.Copy();
        trial.Begin(context.Now, context.Settings);
        var clock = ReadingClock.At(context.Now, policy, context.Settings);
        foreach (ref readonly var reading in batch.Readings) trial.OnReading(reading, batch.MetricsOf(reading), clock.AgeOf(reading.Timestamp));
        var tally = trial.Tally;
        return new MethodResponse(200, new JObject
        {
            ["evaluated"] = tally.Evaluated,
            ["duplicate"] = tally.Duplicate,
            ["late"] = tally.Late,
            ["held"] = tally.HeldByCooldown + tally.HeldBySilence + tally.HeldByCriticalRate,
            ["alerts"] = new JArray(trial.Events.Where(told => told.Notice.Tells).Take(MostAlerts).Select(told => JsonText.ParseObject(AlertMessages.Body(told).Span))),
            ["actions"] = new JArray(trial.Events.Where(told => told.Notice.Acts).Take(MostAlerts).Select(told => told.Rule.Action!.ToJson())),
        });
    }

    private static Func<Alarm, bool> Selector(JObject payload)
    {
        var (alertId, device, rule) = (payload.Value<string?>("alertId"), payload.Value<string?>("deviceId"), payload.Value<string?>("rule"));
        return alarm => (alertId is null || alarm.Id == alertId) && (device is null || alarm.Subject == device) && (rule is null || alarm.RuleId == rule);
    }

    private static MethodResponse Wrong(string message) => new(400, new JObject { ["message"] = message });
}
