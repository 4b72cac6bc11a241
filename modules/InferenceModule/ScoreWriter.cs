using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;

namespace EdgeModules.Inference;

/// <summary>Score items and the messages that carry them. Equal input gives equal bytes.</summary>
internal sealed class ScoreWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly JsonArrayWriter _scores = new();
    private readonly ArrayBufferWriter<byte> _item = new(1024);
    private readonly Utf8JsonWriter _json;
    private JsonEncodedText[] _features = [];
    private byte[] _model = [];
    private double _limit;

    public ScoreWriter() => _json = new Utf8JsonWriter(_item, Options);

    public int Count { get; private set; }

    /// <summary>The model whose scores come from now on.</summary>
    public void Use(IScoringModel model)
    {
        _limit = model.Manifest.Limit;
        _features = [.. model.Manifest.Features.Select(feature => JsonEncodedText.Encode(feature.Name, Options.Encoder))];
        _model = JsonSerializer.SerializeToUtf8Bytes(new { name = model.Identity.Name, version = model.Identity.Version, sha256 = model.Identity.Sha256 });
    }

    public void Clear()
    {
        _scores.Clear();
        Count = 0;
    }

    /// <param name="overRun">Windows in a row over the limit, this one among them; 0 when it is not.</param>
    /// <param name="contributions">Empty when the model gives none.</param>
    public void Add(in DueWindow window, float score, int overRun, ReadOnlySpan<float> contributions)
    {
        _item.ResetWrittenCount();
        _json.Reset(_item);
        _json.WriteStartObject();
        _json.WriteString("deviceId"u8, window.Device.Id);
        if (window.Device.Zone is { } zone) _json.WriteString("zone"u8, zone);
        _json.WriteNumber("score"u8, score);
        _json.WriteNumber("limit"u8, _limit);
        _json.WriteNumber("overLimitRun"u8, overRun);
        _json.WriteNumber("timestamp"u8, window.Timestamp);
        _json.WriteNumber("windowStart"u8, window.Start);
        _json.WritePropertyName("model"u8);
        _json.WriteRawValue(_model, skipInputValidation: true);
        WriteContributions(contributions);
        _json.WriteEndObject();
        _json.Flush();
        _scores.Add(_item.WrittenSpan);
        Count++;
    }

    public IEnumerable<OutboundMessage> Finish() => _scores.Finish().Select(array => new OutboundMessage
    {
        Output = "scores", Body = array.Body, Count = array.Count, MessageType = "score",
    });

    public void Dispose() => _json.Dispose();

    /// <summary>The feature with the greatest share; null without shares.</summary>
    public static int? TopOf(ReadOnlySpan<float> contributions)
    {
        int? top = null;
        for (var i = 0; i < contributions.Length; i++)
        {
            if (float.IsFinite(contributions[i]) && (top is null || contributions[i] > contributions[top.Value])) top = i;
        }

        return top;
    }

    private void WriteContributions(ReadOnlySpan<float> contributions)
    {
        if (TopOf(contributions) is not { } top) return;
        _json.WriteString("topFeature"u8, _features[top]);
        _json.WriteStartObject("contributions"u8);
        for (var i = 0; i < contributions.Length; i++)
        {
            if (float.IsFinite(contributions[i])) _json.WriteNumber(_features[i], Math.Round((decimal)Math.Clamp(contributions[i], -1e6f, 1e6f), 4));
        }

        _json.WriteEndObject();
    }
}
