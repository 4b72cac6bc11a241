using System.Globalization;
using Microsoft.Extensions.Logging;
using MQTTnet.Diagnostics.Logger;

namespace EdgeSimulator.Hub.Mqtt;

/// <summary>What MQTTnet says of itself: its errors are broken connections of clients, so warnings here; the rest is left out.</summary>
internal sealed partial class BrokerLog(ILoggerFactory loggers) : IMqttNetLogger
{
    private readonly ILogger _logger = loggers.CreateLogger<BrokerLog>();

    public bool IsEnabled => true;

    public void Publish(MqttNetLogLevel logLevel, string source, string message, object[] parameters, Exception exception)
    {
        if (logLevel != MqttNetLogLevel.Error || exception is ObjectDisposedException) return;
        var text = parameters is { Length: > 0 } ? string.Format(CultureInfo.InvariantCulture, message, parameters) : message;
        LogConnectionError($"{text}: {exception?.GetBaseException().Message}");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "MQTT: {Text}")]
    private partial void LogConnectionError(string text);
}
