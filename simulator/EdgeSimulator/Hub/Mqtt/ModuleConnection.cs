using System.Buffers;
using System.Net;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeSimulator.Hub.Mqtt;

/// <summary>One MQTT connection of a module, from CONNACK to its end. Thread-safe.</summary>
internal sealed class ModuleConnection(
    string module, EndPoint remote, DateTimeOffset tokenExpiresAt, Subscriptions subscriptions, MqttSessionStatus session) : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private volatile Delivery? _inFlight;

    public string Module => module;

    public EndPoint Remote => remote;

    public DateTimeOffset TokenExpiresAt => tokenExpiresAt;

    public Subscriptions Subscriptions => subscriptions;

    /// <summary>Held while a message waits for its acknowledgement: one at a time, over all inputs.</summary>
    public SemaphoreSlim DeliveryLock { get; } = new(1, 1);

    public CancellationToken Closed => _closed.Token;

    /// <summary>Sends at QoS 0 if the module has subscribed to it.</summary>
    public bool TrySend(string topic, byte[] payload)
    {
        if (Closed.IsCancellationRequested || subscriptions.QualityOf(topic) is null) return false;
        var message = new MqttApplicationMessage { Topic = topic, PayloadSegment = payload };
        return session.TryEnqueueApplicationMessage(message, out _);
    }

    /// <summary>Publishes to the module; the caller holds <see cref="DeliveryLock"/>.</summary>
    /// <returns>
    /// Completes with the acknowledgement, at once for QoS 0, never for a connection that has ended; null when the message could not be handed over.
    /// </returns>
    public Task? Deliver(string topic, ReadOnlyMemory<byte> payload, MqttQualityOfServiceLevel quality)
    {
        var delivery = new Delivery(topic);
        _inFlight = delivery;
        var message = new MqttApplicationMessage { Topic = topic, Payload = new ReadOnlySequence<byte>(payload), QualityOfServiceLevel = quality };
        if (!session.TryEnqueueApplicationMessage(message, out _)) return null;
        return quality == MqttQualityOfServiceLevel.AtMostOnce ? Task.CompletedTask : delivery.Acknowledged.Task;
    }

    /// <summary>Takes an acknowledgement; one that comes after its time counts for nothing.</summary>
    public void Acknowledge(MqttPublishPacket packet)
    {
        if (IsInFlight(packet)) _inFlight?.Acknowledged.TrySetResult();
    }

    /// <summary>The broker sends unacknowledged packets again when a client takes its connection over; edgeHub does not: only the current one may leave.</summary>
    public bool MayLeave(MqttPublishPacket packet) => packet.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce || IsInFlight(packet);

    public void Close() => _closed.Cancel();

    public void Dispose()
    {
        _closed.Dispose();
        DeliveryLock.Dispose();
    }

    /// <summary>Every publish has a topic string of its own, which the broker carries along by reference: that tells it from an earlier one of the same message.</summary>
    private bool IsInFlight(MqttPublishPacket packet) => ReferenceEquals(packet.Topic, _inFlight?.Topic);

    private sealed record Delivery(string Topic)
    {
        public TaskCompletionSource Acknowledged { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
