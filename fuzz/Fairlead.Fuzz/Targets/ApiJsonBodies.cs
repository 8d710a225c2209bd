using System.Text;
using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Problems;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// Bodies of our own API; the first byte says of which route. What is read is written as JSON that is read again.
/// </summary>
internal sealed class ApiJsonBodies : IFuzzTarget
{
    private static readonly Func<byte[], string>[] Readers =
    [
        ReadEndpoint, Read<CreateModelRequest>, Read<DescribeRequest>, Read<SetAliasRequest>, ReadKey,
        Read<RolloutCommandRequest>, Read<OutcomesRequest>,
    ];

    public static string Name => "api-json";

    public static IEnumerable<Type> Covers => [typeof(RequestBody), typeof(KeyRules), typeof(WrittenArms)];

    public static IEnumerable<byte[]> Seeds =>
    [
        [0, .. Utf8("{\"variants\":[{\"name\":\"a\",\"model\":\"m\",\"version\":1,\"weight\":0.5,\"batching\":"
            + "{\"maxRows\":8,\"maxDelay\":\"2ms\",\"preferredRows\":[4]}}],\"unit\":\"header:x\",\"limits\":"
            + "{\"maxInFlight\":10,\"timeout\":\"1.5s\"}}")],
        [0, .. Utf8("{\"variants\":[{\"name\":\"a\",\"answer\":\"rule\",\"outputs\":{\"y\":1},\"rules\":"
            + "[{\"when\":\"a > 5\",\"then\":{\"y\":\"b\"}}]}]}")],
        [1, .. Utf8("{\"name\":\"m\",\"description\":\"\\u00e9\",\"tags\":{\"a\":\"b\"}}")],
        [2, .. Utf8("{\"description\":null,\"tags\":{\"a\":null}}")],
        [3, .. Utf8("{\"version\":2,\"expected\":1}")],
        [4, .. Utf8("{\"name\":\"ci\",\"role\":\"predictor\",\"expiresAt\":\"2030-01-01T00:00:00Z\","
            + "\"endpoints\":[\"a\"],\"requestsPerSecond\":10}")],
        [5, .. Utf8("{\"reason\":\"r\"}")],
        [6, .. Utf8("{\"outcomes\":[{\"predictionId\":\"a\",\"name\":\"label\",\"label\":\"good\",\"value\":1e3,"
            + "\"at\":\"2026-01-31T12:00:00+01:00\"}]}")],
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;

        var read = Readers[data[0] % Readers.Length];
        string written;
        try
        {
            written = read(data[1..].ToArray());
        }
        catch (RefusalException)
        {
            return;
        }

        if (read(Encoding.UTF8.GetBytes(written)) != written)
            throw new InvalidOperationException($"{written} is read as something else.");
    }

    private static string Read<T>(byte[] body)
        where T : class => JsonSerializer.Serialize(RequestBody.Decode<T>(body), ApiJson.Strict);

    private static string ReadEndpoint(byte[] body)
    {
        var request = RequestBody.Decode<PutEndpointRequest>(body);
        foreach (var arm in request.Variants.Append<ArmRequest?>(request.Holdout).OfType<ArmRequest>())
        {
            if (arm.Answer is { } answer)
                WrittenArms.Answer(arm, answer, "variants");
            else if (arm is not { Outputs: null, Rules: null })
                throw new RefusalException(new Refusal(RefusalKind.Invalid, "version_or_answer", "No 'answer'."));
        }

        return JsonSerializer.Serialize(request, ApiJson.Strict);
    }

    private static string ReadKey(byte[] body)
    {
        var wish = RequestBody.Decode<CreateKeyRequest>(body);
        KeyRules.Check(
            new KeyWish(wish.Name, wish.Role)
            {
                ExpiresAt = wish.ExpiresAt,
                Endpoints = wish.Endpoints,
                Models = wish.Models,
                RequestsPerSecond = wish.RequestsPerSecond,
            },
            DateTimeOffset.UnixEpoch);
        return JsonSerializer.Serialize(wish, ApiJson.Strict);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
