using System.Globalization;
using System.Text;
using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Scenarios;

/// <summary>
/// Plays a scenario on a host. What is expected need not say everything: an object matches when each of its members does, an array item by item.
/// </summary>
public static class ScenarioRunner
{
    private static readonly TimeSpan ReportDeadline = TimeSpan.FromSeconds(10);

    /// <exception cref="ScenarioException">Step and difference.</exception>
    public static async Task RunAsync(Scenario scenario, IScenarioHost host)
    {
        await host.StartAsync(scenario.Settings);
        var sent = 0;
        for (var i = 0; i < scenario.Steps.Count; i++)
        {
            var step = scenario.Steps[i];
            var place = string.Create(CultureInfo.InvariantCulture, $"{scenario.Name}, step {i + 1}");
            if (step["send"] is JObject send) await SendAsync(send, host, ++sent, place);
            if (step["settings"] is JObject patch) await host.PatchSettingsAsync(patch);
            if (step["advanceSeconds"] is { } seconds) await host.AdvanceAsync(TimeSpan.FromSeconds(seconds.Value<double>()));
            if (step["restart"]?.Value<bool>() == true) await host.RestartAsync(kill: false);
            if (step["kill"]?.Value<bool>() == true) await host.RestartAsync(kill: true);
            if (step["expect"] is JObject expect) CheckOutputs(expect, await host.TakeOutputsAsync(), place);
            if (step["acknowledged"] is JObject acknowledged) await CheckReportedAsync(acknowledged, host, place);
            if (step["await"] is JObject awaited) await CheckReportedAsync(awaited, host, place, clockStep: TimeSpan.FromSeconds(1));
            if (step["ledger"] is JObject ledger) Check(ledger, (await host.CallAsync("getLedger", null)).Payload, place, "ledger");
            if (step["method"] is JObject method)
            {
                var (status, payload) = await host.CallAsync(method["name"]!.Value<string>()!, method["payload"]);
                Check(
                    step["response"] ?? throw new ScenarioException($"{place}: a method needs a response."),
                    new JObject { ["status"] = status, ["payload"] = payload }, place, "response");
            }
        }

        CheckOutputs([], await host.TakeOutputsAsync(), $"{scenario.Name}, at the end");
    }

    private static async Task SendAsync(JObject send, IScenarioHost host, int number, string place)
    {
        var input = send["input"]?.Value<string>() ?? throw new ScenarioException($"{place}: send needs an input.");
        var body = send switch
        {
            _ when send["readings"] is { } readings => JsonText.ToUtf8(readings),
            _ when send["items"] is { } items => JsonText.ToUtf8(items),
            _ when send["text"] is { } text => Encoding.UTF8.GetBytes(text.Value<string>()!),
            _ when send["base64"] is { } base64 => Convert.FromBase64String(base64.Value<string>()!),
            _ => throw new ScenarioException($"{place}: send needs readings, items, text or base64."),
        };
        var properties = new Dictionary<string, string>
        {
            [SystemProperties.MessageId] = send["messageId"]?.Value<string>() ?? string.Create(CultureInfo.InvariantCulture, $"message-{number}"),
            [SystemProperties.ContentType] = "application/json",
            [SystemProperties.ContentEncoding] = "utf-8",
            [ApplicationProperties.Count] = (send["readings"] ?? send["items"]) is JArray array ? array.Count.ToString(CultureInfo.InvariantCulture) : "1",
        };
        foreach (var (name, value) in send["properties"] as JObject ?? []) properties[name] = value!.Value<string>()!;
        await host.SendAsync(input, body, properties);
    }

    /// <summary>A module reports beside its messages, so what it says may come a little after what it did.</summary>
    /// <param name="clockStep">By which the module's clock is moved at each look; null for not at all.</param>
    private static async Task CheckReportedAsync(JObject expected, IScenarioHost host, string place, TimeSpan? clockStep = null)
    {
        ScenarioException? difference = null;
        try
        {
            await Waiting.ForAsync(
                async () =>
                {
                    try
                    {
                        Check(expected, await host.GetReportedAsync(), place, "reported");
                        return true;
                    }
                    catch (ScenarioException error)
                    {
                        difference = error;
                        if (clockStep is { } time) await host.AdvanceAsync(time);
                        return false;
                    }
                },
                "reported as expected",
                deadline: clockStep is null ? ReportDeadline : Waiting.Deadline);
        }
        catch (TimeoutException)
        {
            throw difference!;
        }
    }

    private static void CheckOutputs(JObject expect, IReadOnlyDictionary<string, List<JToken>> outputs, string place)
    {
        foreach (var (output, items) in outputs)
        {
            if (expect[output] is null && items.Count > 0)
                throw new ScenarioException($"{place}: output {output} has {Show(new JArray(items))}; nothing was expected of it.");
        }

        foreach (var (output, items) in expect) Check(items!, new JArray(outputs.GetValueOrDefault(output, [])), place, output);
    }

    private static void Check(JToken expected, JToken? actual, string place, string path)
    {
        switch (expected, actual)
        {
            case (JObject wanted, JObject found):
                foreach (var (key, value) in wanted) Check(value!, found[key], place, $"{path}.{key}");
                break;
            case (JArray wanted, JArray found):
                if (wanted.Count != found.Count)
                    throw new ScenarioException($"{place}: {path} has {found.Count} items, {Show(found)}; expected are {wanted.Count}, {Show(wanted)}.");
                for (var i = 0; i < wanted.Count; i++) Check(wanted[i], found[i], place, $"{path}[{i}]");
                break;
            default:
                if (!IsEqual(expected, actual)) throw new ScenarioException($"{place}: {path} is {Show(actual)}; expected is {Show(expected)}.");
                break;
        }
    }

    private static bool IsEqual(JToken expected, JToken? actual) => expected.Type switch
    {
        // A member that must not be there.
        JTokenType.Null => actual is null or { Type: JTokenType.Null },
        JTokenType.Integer or JTokenType.Float => actual?.Type is JTokenType.Integer or JTokenType.Float && expected.Value<double>().Equals(actual.Value<double>()),
        _ => JToken.DeepEquals(expected, actual),
    };

    private static string Show(JToken? token)
    {
        var text = token?.ToString(Formatting.None) ?? "absent";
        return text.Length <= 600 ? text : $"{text[..600]}…";
    }
}
