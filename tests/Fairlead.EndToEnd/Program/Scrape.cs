using System.Globalization;
using System.Text.RegularExpressions;

namespace Fairlead.EndToEnd.Program;

/// <summary>
/// A page of metrics, read as strictly as the text format is written: each family once, with help and type before its
/// samples, no sample twice, buckets that only grow and end at the count.
/// </summary>
public sealed partial class Scrape
{
    private readonly Dictionary<string, double> _samples = [];
    private readonly Dictionary<string, string> _types = [];

    private Scrape(string page)
    {
        page.ShouldEndWith("\n");
        var helped = "";
        var family = "";
        foreach (var line in page.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                helped = line.Split(' ')[2];
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                family = words[2];
                family.ShouldBe(helped, line);
                _types.TryAdd(family, words[3]).ShouldBeTrue(line);
            }
            else
            {
                var sample = Line().Match(line);
                sample.Success.ShouldBeTrue(line);
                var name = sample.Groups["name"].Value;
                (_types[family] == "histogram" ? Part().Replace(name, "") : name).ShouldBe(family, line);
                _samples.TryAdd(
                    name + sample.Groups["labels"].Value,
                    double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)).ShouldBeTrue(line);
            }
        }

        CheckHistograms();
    }

    public IReadOnlyCollection<string> Families => _types.Keys;

    public static async Task<Scrape> OfAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/metrics", TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        answer.Content.Headers.ContentType!.ToString().ShouldStartWith("text/plain; version=0.0.4");
        return new Scrape(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The sum of the samples of a name that carry all of the labels, written <c>reason="none"</c>.</summary>
    public double Sum(string name, params string[] labels)
    {
        var found = _samples.Where(sample => sample.Key.Split('{')[0] == name
            && labels.All(label => sample.Key.Contains(label, StringComparison.Ordinal))).ToList();
        found.ShouldNotBeEmpty($"{name} {string.Join(' ', labels)} is not among {string.Join('\n', _samples.Keys)}");
        return found.Sum(sample => sample.Value);
    }

    private void CheckHistograms()
    {
        foreach (var family in _types.Where(type => type.Value == "histogram").Select(type => type.Key))
        {
            var series = _samples
                .Where(sample => sample.Key.StartsWith(family + "_bucket{", StringComparison.Ordinal))
                .GroupBy(sample => Bound().Replace(sample.Key[(family.Length + "_bucket".Length)..], "}"));
            foreach (var buckets in series)
            {
                var counts = buckets.Select(bucket => bucket.Value).ToArray();
                counts.ShouldBe([.. counts.Order()], buckets.Key);
                counts[^1].ShouldBe(_samples[family + "_count" + buckets.Key], buckets.Key);
                buckets.Last().Key.ShouldContain("le=\"+Inf\"");
                _samples.ShouldContainKey(family + "_sum" + buckets.Key);
            }
        }
    }

    [GeneratedRegex("""^(?<name>[a-z_]+)(?<labels>(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)+\})?) (?<value>\S+)$""")]
    private static partial Regex Line();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Part();

    [GeneratedRegex(",le=\"[^\"]*\"\\}$")]
    private static partial Regex Bound();
}
