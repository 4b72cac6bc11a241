using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using EdgeModules.Messages;
using EdgeSimulator.Control;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary><c>invoke</c>, <c>send</c>: what a module is given.</summary>
internal static class MessageCommands
{
    private const string StandardInput = "-";

    public static IEnumerable<Command> Create(VerbHost host) => [Invoke(host), Send(host)];

    private static Verb Invoke(VerbHost host)
    {
        var module = VerbHost.ModuleArgument();
        var method = new Argument<string>("METHOD")
        {
            Description = "Name of the method; every module of this suite has ping, getLedger, getSettings, setLocal, clearLocal, resetState",
        };
        var payload = Optional("json", "Payload; - reads it from standard input [default: null]");
        var timeout = Parsed<int?>(
            "--timeout",
            "SECONDS",
            $"Wait so long for the answer, {MethodTimeout.LeastSeconds} to {MethodTimeout.MostSeconds} as IoT Hub [default: {MethodTimeout.UsualSeconds}]",
            result => (int?)Number(result, MethodTimeout.LeastSeconds, MethodTimeout.MostSeconds, whole: true));
        var json = VerbHost.JsonOption("Print status and payload as one line of JSON");
        var verb = new Verb(
            "invoke",
            "Call a direct method of a module; exit code 0 for a status of 200 to 399, else 1",
            "invoke FilterModule getLedger",
            "invoke FilterModule ping '{\"text\":\"hello\"}' --timeout 5")
        {
            module,
            method,
            payload,
            timeout,
            json,
        };
        return host.Calling(verb, async (client, result, cancellation) =>
        {
            var text = result.GetValue(payload) is StandardInput
                ? Encoding.UTF8.GetString(await host.ReadInputAsync("the payload", cancellation))
                : result.GetValue(payload);
            var call = new MethodCall(
                result.GetRequiredValue(module),
                result.GetRequiredValue(method),
                ReadPayload(text),
                TimeSpan.FromSeconds(result.GetValue(timeout) ?? MethodTimeout.UsualSeconds));
            return await InvokeVerb.RunAsync(client, call, result.GetValue(json), host.Terminal, cancellation);
        });
    }

    private static Verb Send(VerbHost host)
    {
        var module = VerbHost.ModuleArgument();
        var input = new Argument<string>("INPUT") { Description = "Name of an input that a route leads to" };
        var body = Optional("json", "Body: a reading or an array of them; - or nothing reads it from standard input");
        var properties = Parsed("--property", "NAME=VALUE", "Application property of the message; may be repeated", Properties);
        properties.Arity = ArgumentArity.OneOrMore;
        var raw = new Option<bool>("--raw") { Description = "Send the body as it is, even if it is no JSON" };
        var verb = new Verb(
            "send",
            "Put a message on an input of a module: stored, queued and delivered like every other",
            "send FilterModule readings '{\"deviceId\":\"press-1\",\"timestamp\":1780000000000,\"temperature\":21.5}'",
            "send FilterModule readings --property priority=critical < readings.json")
        {
            module,
            input,
            body,
            properties,
            raw,
        };
        return host.Calling(verb, async (client, result, cancellation) =>
        {
            var bytes = result.GetValue(body) is { } text and not StandardInput
                ? Encoding.UTF8.GetBytes(text)
                : await host.ReadInputAsync("the body", cancellation);
            var message = SendVerb.Compose(bytes, result.GetValue(raw), result.GetValue(properties) ?? []);
            return await SendVerb.RunAsync(client, result.GetRequiredValue(module), result.GetRequiredValue(input), message, host.Terminal, cancellation);
        });
    }

    private static Argument<string?> Optional(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    private static JToken? ReadPayload(string? text)
    {
        try
        {
            return text is null ? null : JsonText.Parse(text);
        }
        catch (JsonException error)
        {
            throw new SimulatorException($"The payload is no JSON: {error.Message} Quote it for your shell.", error);
        }
    }

    private static KeyValuePair<string, string>[]? Properties(ArgumentResult result)
    {
        var properties = new Dictionary<string, string>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) result.AddError($"{NameOf(result)} is \"{text}\"; it must be NAME=VALUE.");
            else if (!properties.TryAdd(text[..equals], text[(equals + 1)..])) result.AddError($"{NameOf(result)} names {text[..equals]} twice.");
        }

        return [.. properties];
    }
}
