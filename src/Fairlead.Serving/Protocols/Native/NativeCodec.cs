using System.Buffers;
using System.Text.Json;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Statistics.Assignment;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Serving.Protocols.Native;

/// <summary>
/// The form that a person writes by hand: <c>{"rows":[{"Income":129,"Home":"rent"}],"parameters":{…}}</c>. A missing
/// value is <c>null</c>; a field that is left out or not known is refused, because it is a spelling mistake more often
/// than an intention.
/// </summary>
internal sealed class NativeCodec(RequestLimits limits) : IRequestCodec, IDisposable
{
    /// <summary>Where the writer stands between answers; a stream here would make it take a buffer each time.</summary>
    private static readonly PooledBuffer Nowhere = new();

    private readonly Utf8JsonWriter _writer = new(Nowhere, new JsonWriterOptions { SkipValidation = true });
    private readonly RowReader _rowReader = new();
    private ReadOnlyMemory<byte> _body;
    private Range _rows;
    private Range _parameters;
    private IHeaderDictionary? _headers;

    /// <summary>Rows of the request.</summary>
    public int RowCount { get; private set; }

    /// <summary>
    /// Finds the parts of a request without reading their values yet. Throws <see cref="RequestException"/>.
    /// </summary>
    public void Begin(ReadOnlyMemory<byte> body, IHeaderDictionary? headers)
    {
        _body = body;
        _headers = headers;
        _rows = _parameters = default;
        RowCount = -1;
        var reader = new Utf8JsonReader(body.Span, RequestJson.Options);
        try
        {
            ReadEnvelope(ref reader);
        }
        catch (Exception e) when (RequestJson.IsBroken(e))
        {
            throw RequestJson.Broken(e);
        }

        if (RowCount < 0)
            throw new RequestException(PredictFailure.InvalidInput,
                "The request has no \"rows\": send {\"rows\":[{\"field\":value, …}, …]}.");
    }

    public void End()
    {
        _body = default;
        _headers = null;
    }

    public void Dispose() => _writer.Dispose();

    public bool TryReadUnit(UnitRule rule, out ulong unitHash)
    {
        unitHash = 0;
        if (rule.Source == UnitSource.Header)
        {
            if (_headers is null || !_headers.TryGetValue(rule.Name, out var values) || values.Count == 0
                || string.IsNullOrEmpty(values[0]))
                return false;
            unitHash = UnitHash.Of(values[0].AsSpan());
            return true;
        }

        try
        {
            return TryReadField(rule.Name, out unitHash);
        }
        catch (Exception e) when (RequestJson.IsBroken(e))
        {
            throw RequestJson.Broken(e);
        }
    }

    public int CopyUnit(UnitRule rule, Span<byte> utf8)
    {
        if (rule.Source == UnitSource.Header)
        {
            return _headers is not null && _headers.TryGetValue(rule.Name, out var values) && values is [{ } text, ..]
                && System.Text.Encoding.UTF8.TryGetBytes(text, utf8, out var written) ? written : 0;
        }

        if (_parameters.Equals(default))
            return 0;
        var reader = new Utf8JsonReader(_body.Span[_parameters], RequestJson.Options);
        return UnitScan.Copy(ref reader, rule.Name, utf8);
    }

    public void ReadInputs(Signature signature, TensorSet inputs)
    {
        var fields = RowFields.Of(signature);
        if (fields.Unfit is { } why)
            throw new RequestException(PredictFailure.InvalidInput,
                $"This model does not take rows: {why}. Send tensors to /v2/models/… instead.");

        var rows = _body.Span[_rows];
        var reader = new Utf8JsonReader(rows, RequestJson.Options);
        try
        {
            _rowReader.Read(ref reader, fields, signature, RowCount, inputs, limits, rows.Length);
        }
        catch (Exception e) when (RequestJson.IsBroken(e))
        {
            throw RequestJson.Broken(e);
        }
    }

    public void WriteAnswer(PredictCall call, IBufferWriter<byte> body)
    {
        var variant = call.Variant!;
        _writer.Reset(body);
        _writer.WriteStartObject();
        _writer.WriteString("endpoint"u8, call.EndpointName);
        _writer.WriteNumber("generation"u8, call.Serving!.Route.Generation);
        _writer.WriteString("arm"u8, variant.Name.ToString());
        if (variant.Version is { } version)
        {
            _writer.WriteString("model"u8, variant.ModelText);
            _writer.WriteNumber("version"u8, version.Number);
        }
        else
        {
            _writer.WriteString("answer"u8, variant.VersionText);
        }

        _writer.WriteString("predictionId"u8, call.PredictionId);
        _writer.WriteStartObject("outputs"u8);
        var outputs = variant.Signature.Outputs;
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].Kind == ValueKind.MapKeys)
                continue;
            _writer.WritePropertyName(outputs[i].Name);
            if (outputs[i].Kind == ValueKind.MapScores)
                AnswerJson.WriteMaps(_writer, call.Outputs![i], call.Outputs[i + 1]);
            else
                AnswerJson.WriteTensor(_writer, call.Outputs![i]);
        }

        _writer.WriteEndObject();
        _writer.WriteEndObject();
        _writer.Flush();
        _writer.Reset(Nowhere);
    }

    private bool TryReadField(string name, out ulong unitHash)
    {
        var reader = new Utf8JsonReader(_body.Span[_parameters], RequestJson.Options);
        if (!_parameters.Equals(default) && UnitScan.InObject(ref reader, name, out unitHash))
            return true;
        reader = new Utf8JsonReader(_body.Span[_rows], RequestJson.Options);
        return UnitScan.InRows(ref reader, name, out unitHash);
    }

    private void ReadEnvelope(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new RequestException(PredictFailure.Malformed, "The request is not a JSON object.");

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("rows"u8))
            {
                ReadRowsRange(ref reader);
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.StartObject)
                    throw new RequestException(PredictFailure.InvalidInput, "\"parameters\" is not an object.");
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                _parameters = start..(int)reader.BytesConsumed;
            }
            else
            {
                throw new RequestException(PredictFailure.InvalidInput,
                    $"The request has the unknown member \"{reader.GetString()}\"; it takes \"rows\" and "
                        + $"\"parameters\".");
            }
        }

        if (reader.Read())
            throw new RequestException(PredictFailure.Malformed, "Something follows the request's JSON object.");
    }

    private void ReadRowsRange(ref Utf8JsonReader reader)
    {
        if (RowCount >= 0)
            throw new RequestException(PredictFailure.Malformed, "The request has \"rows\" twice.");
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new RequestException(PredictFailure.InvalidInput, "\"rows\" is not an array of objects.");

        var start = (int)reader.TokenStartIndex;
        RowCount = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new RequestException(PredictFailure.InvalidInput, $"Row {RowCount} is not an object.");
            if (++RowCount > RequestLimits.MaxRows)
            {
                throw new RequestException(
                    PredictFailure.TooLarge, $"A request has at most {RequestLimits.MaxRows} rows.");
            }

            reader.Skip();
        }

        _rows = start..(int)reader.BytesConsumed;
    }
}
