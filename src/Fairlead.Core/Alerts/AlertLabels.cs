using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Core.Alerts;

/// <summary>The labels of an alert: what tells it from every other. Equal in any order of writing.</summary>
public sealed class AlertLabels : IEquatable<AlertLabels>
{
    private readonly ImmutableSortedDictionary<string, string> _labels;

    /// <param name="labels">Names and values; a label with an empty value is as good as none and is left out.</param>
    public AlertLabels(IEnumerable<KeyValuePair<string, string>> labels)
    {
        _labels = labels.Where(label => label.Value.Length > 0)
            .ToImmutableSortedDictionary(StringComparer.Ordinal, StringComparer.Ordinal);
        Fingerprint = Hash(_labels);
    }

    /// <summary>
    /// 32 hexadecimal digits: the first half of SHA-256 over names and values in the order of the names, each behind
    /// its length, so that no two sets of labels run into each other. Stored; it never changes.
    /// </summary>
    public string Fingerprint { get; }

    public IEnumerable<KeyValuePair<string, string>> All => _labels;

    /// <summary>The value of a label; empty where there is none.</summary>
    public string this[string name] => _labels.GetValueOrDefault(name, "");

    public bool Equals(AlertLabels? other) => other is not null && other.Fingerprint == Fingerprint;

    public override bool Equals(object? obj) => Equals(obj as AlertLabels);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Fingerprint);

    public override string ToString() =>
        $"{{{string.Join(", ", _labels.Select(label => $"{label.Key}={label.Value}"))}}}";

    private static string Hash(ImmutableSortedDictionary<string, string> labels)
    {
        var text = new StringBuilder();
        foreach (var part in labels.SelectMany(label => new[] { label.Key, label.Value }))
            text.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(part)}:{part}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
