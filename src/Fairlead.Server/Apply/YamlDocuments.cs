using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Fairlead.Server.Apply;

/// <summary>
/// Turns YAML, of which JSON is a part, into one JSON document for each of its documents. Plain scalars are what the
/// core schema of YAML 1.2 makes of them, so <c>no</c> is a text. Anchors are refused: repeated ones grow without
/// bound.
/// </summary>
internal static partial class YamlDocuments
{
    /// <summary>Most documents at once.</summary>
    public const int MaxDocuments = 1000;

    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            var documents = new List<ReadOnlyMemory<byte>>();
            while (Next(parser))
            {
                if (parser.Current is not DocumentStart)
                    continue;
                if (documents.Count == MaxDocuments)
                    throw Fault($"There are more than {MaxDocuments} documents.");
                Next(parser);
                if (Document(parser) is { } document)
                    documents.Add(document);
            }

            return documents.Count > 0 ? documents : throw Fault("There is no document.");
        }
        catch (YamlException failure)
        {
            throw Fault($"Line {failure.Start.Line}: {(failure.InnerException ?? failure).Message}");
        }
    }

    /// <summary>
    /// The parser trips over some broken documents instead of saying what is wrong with them; both are the document's
    /// fault.
    /// </summary>
    private static bool Next(Parser parser)
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception tripped) when (tripped is InvalidOperationException or ArgumentException)
        {
            throw Fault($"Line {parser.Current?.End.Line ?? 1} or below: this is not YAML.");
        }
    }

    /// <summary>One document; null for an empty one, as between two separators.</summary>
    private static ReadOnlyMemory<byte>? Document(Parser parser)
    {
        if (parser.Current is Scalar { IsPlainImplicit: true, Value: "" })
            return null;

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Node(parser, json, depth: 1);
        return buffer.WrittenMemory;
    }

    private static void Node(Parser parser, Utf8JsonWriter json, int depth)
    {
        if (depth > ApiJson.MaxDepth)
            throw Fault($"The document is nested deeper than {ApiJson.MaxDepth} levels.");
        if (parser.Current is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias)
        {
            throw Fault(
                $"Line {parser.Current.Start.Line}: anchors and aliases of YAML are not read here; write it out.");
        }

        switch (parser.Current)
        {
            case Scalar scalar:
                Scalar(scalar, json);
                break;
            case SequenceStart:
                json.WriteStartArray();
                while (Next(parser) && parser.Current is not SequenceEnd)
                    Node(parser, json, depth + 1);
                json.WriteEndArray();
                break;
            case MappingStart:
                json.WriteStartObject();
                while (Next(parser) && parser.Current is not MappingEnd)
                    Member(parser, json, depth);
                json.WriteEndObject();
                break;
            default:
                throw Fault("The document cannot be read.");
        }
    }

    private static void Member(Parser parser, Utf8JsonWriter json, int depth)
    {
        if (parser.Current is not Scalar key)
            throw Fault($"Line {parser.Current?.Start.Line}: a key must be a text.");
        json.WritePropertyName(key.Value);
        Next(parser);
        Node(parser, json, depth + 1);
    }

    private static void Scalar(Scalar scalar, Utf8JsonWriter json)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value == "tag:yaml.org,2002:str"))
            json.WriteStringValue(text);
        else if (text is "" or "~" or "null" or "Null" or "NULL")
            json.WriteNullValue();
        else if (text is "true" or "True" or "TRUE")
            json.WriteBooleanValue(true);
        else if (text is "false" or "False" or "FALSE")
            json.WriteBooleanValue(false);
        else if (IsWhole(text, out var whole))
            json.WriteNumberValue(whole);
        else if (IsReal(text, out var real))
            json.WriteNumberValue(real);
        else
            json.WriteStringValue(text);
    }

    private static bool IsWhole(string text, out long number)
    {
        number = 0;
        return Integer().IsMatch(text)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private static bool IsReal(string text, out double number)
    {
        number = 0;
        return Real().IsMatch(text)
            && double.TryParse(text, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    private static RefusalException Fault(string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_document", message));

    [GeneratedRegex(@"^[-+]?[0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Integer();

    [GeneratedRegex(
        @"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100)]
    private static partial Regex Real();
}
