using System.Text;

namespace EdgeSimulator.Hub.Metrics;

/// <summary>Labels as Prometheus text: <c>id="edge-1/filter",ms_telemetry="True"</c>.</summary>
internal static class LabelSet
{
    public static string Write(ReadOnlySpan<string> names, params ReadOnlySpan<string> values)
    {
        var text = new StringBuilder(128);
        for (var i = 0; i < names.Length; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(names[i]).Append("=\"");
            foreach (var c in values[i])
            {
                if (c == '\n') text.Append("\\n");
                else if (c is '\\' or '"') text.Append('\\').Append(c);
                else text.Append(c);
            }

            text.Append('"');
        }

        return text.ToString();
    }
}
