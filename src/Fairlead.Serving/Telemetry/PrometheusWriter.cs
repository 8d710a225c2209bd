using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fairlead.Serving.Telemetry;

/// <summary>Writes metric families in Prometheus's text format.</summary>
public sealed class PrometheusWriter(IBufferWriter<byte> to)
{
    /// <summary>The content type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Escapes a label's value.</summary>
    public static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    public void Family(string name, string type, string help) => Text($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <summary>Writes one sample; <paramref name="labels"/> is written as it is, without braces.</summary>
    public void Sample(string name, string labels, double value) =>
        Text(labels.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{name} {value:R}\n")
            : string.Create(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value:R}\n"));

    public void Histogram(string name, string labels, LatencyHistogram histogram)
    {
        Span<long> counts = stackalloc long[LatencyHistogram.Bounds.Length + 1];
        var (_, sum) = histogram.Read(counts);
        Buckets(name, labels, LatencyHistogram.Bounds, counts, sum);
    }

    public void Histogram(string name, string labels, int[] bounds, ReadOnlySpan<long> counts, double sum) =>
        Buckets(name, labels, Array.ConvertAll(bounds, bound => (double)bound), counts, sum);

    private void Buckets(string name, string labels, double[] bounds, ReadOnlySpan<long> counts, double sum)
    {
        long cumulated = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            cumulated += counts[i];
            var bound = i < bounds.Length ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            Sample(name + "_bucket", $"{labels},le=\"{bound}\"", cumulated);
        }

        Sample(name + "_sum", labels, sum);
        Sample(name + "_count", labels, cumulated);
    }

    private void Text(string text)
    {
        var span = to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        to.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
