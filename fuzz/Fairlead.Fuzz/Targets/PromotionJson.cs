using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Promotion;
using Fairlead.Core.Refusals;
using Fairlead.Server.Problems;
using Fairlead.Server.Promotion;
using Fairlead.Server.Storage;

namespace Fairlead.Fuzz.Targets;

/// <summary>Policies of promotion as people write them. What passes the rules is stored and read as it was.</summary>
internal sealed class PromotionJson : IFuzzTarget
{
    public static string Name => "promotion-json";

    public static IEnumerable<Type> Covers => [typeof(WrittenPolicies), typeof(PromotionRules)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               "{\"aliases\":[\"champion\"],\"stages\":[\"Production\"],\"checks\":["
               + "{\"name\":\"a\",\"metric\":\"auc\",\"atLeast\":0.8,\"dataset\":\"d/1\",\"bySegment\":true},"
               + "{\"name\":\"b\",\"metric\":\"brier\",\"margin\":0.01,\"alpha\":0.1,\"minimumRows\":5}]}",
               "{\"checks\":[{\"name\":\"a\",\"data\":{\"endpoints\":[\"e\"]}},{\"name\":\"b\",\"signature\":{}},"
               + "{\"name\":\"c\",\"latency\":{\"p95\":3}},{\"name\":\"d\",\"size\":{\"files\":9,\"memory\":9}},"
               + "{\"name\":\"e\",\"card\":{\"characters\":3},\"dryRun\":true}]}",
               "{\"approvals\":{\"count\":2,\"role\":\"admin\",\"notByAuthor\":true,\"within\":\"2d\"},"
               + "\"allowRollouts\":true}"]
           select Encoding.UTF8.GetBytes(text),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        PromotionPolicy policy;
        try
        {
            policy = WrittenPolicies.Read(RequestBody.Decode<PromotionPolicyRequest>(data));
        }
        catch (RefusalException)
        {
            return;
        }

        var stored = StoredJson.Write(policy);
        if (StoredJson.Write(StoredJson.Read<PromotionPolicy>(stored)) != stored)
            throw new InvalidOperationException("A policy is read otherwise than it was stored.");
    }
}
