using EdgeModules.Messages;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Hub.Storage;

namespace EdgeSimulator.Hub;

/// <summary>Puts messages of the user into the queue of an input: stored, queued and delivered like every other.</summary>
internal sealed class MessageInjector(string deviceId, MessageStore messages, ConfigurationService configuration, TimeProvider clock)
{
    /// <returns>The message id.</returns>
    /// <exception cref="SimulatorException">No route leads to that input, or the hub would not take the message.</exception>
    public string Inject(string module, string input, InjectedMessage injected)
    {
        var inputs = messages.Endpoints.Select(open => open.Endpoint).Where(endpoint => endpoint.Module is not null).ToList();
        var endpoint = inputs.Find(known => known.Module == module && known.Input == input)
            ?? throw new SimulatorException(
                $"No route leads to the input {module}/{input}; the inputs are {string.Join(", ", inputs.Select(known => $"{known.Module}/{known.Input}").Order())}.");
        var id = injected.MessageId ?? Guid.NewGuid().ToString();
        var message = new HubMessage(
            InjectedMessage.Sender,
            Output: null,
            clock.GetUtcNow(),
            [.. injected.Properties.Select(Check), new(ApplicationProperties.Count, $"{injected.Readings}")],
            [new(SystemPropertyMap.MessageId, id), new("contentType", "application/json"), new("contentEncoding", "utf-8")],
            injected.Body)
        {
            ArrivedAt = clock.GetTimestamp(),
        };
        if (message.SizeInHub(deviceId) is > HubMessage.MaxBytes and var size)
            throw new SimulatorException($"The message has {size} bytes with its properties and what the hub adds; edgeHub takes at most {HubMessage.MaxBytes}.");
        messages.Accept(message, [new RouteTarget(endpoint, Route.DefaultPriority)], configuration.Current.TimeToLive);
        return id;
    }

    private static KeyValuePair<string, string> Check(KeyValuePair<string, string> property) => property.Key switch
    {
        ApplicationProperties.Count => throw new SimulatorException("The property count is set by the simulator: it says how many readings the body holds."),
        "" => throw new SimulatorException("A property has no name; it must have one."),
        var name when name.StartsWith('$') || SystemPropertyMap.Incoming.ContainsKey(name) =>
            throw new SimulatorException($"The property {name} is one of the system; application properties have other names."),
        _ => property,
    };
}
