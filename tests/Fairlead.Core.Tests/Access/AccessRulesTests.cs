using CsCheck;
using Fairlead.Core.Access;

namespace Fairlead.Core.Tests.Access;

public sealed class AccessRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Allows_NeedsTheRoleAndEveryNamedLimit() =>
        Gen.Select(Gen.Enum<Role>(), Gen.Enum<Role>(), Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2])
            .Sample((has, needs, endpointLimit, modelLimit, endpoint, model) =>
            {
                var principal = new Principal("k", has)
                {
                    Endpoints = endpointLimit == 0 ? [] : [$"{endpointLimit}"],
                    Models = modelLimit == 0 ? [] : [$"{modelLimit}"],
                };
                var demand = new Demand(needs, endpoint == 0 ? null : $"{endpoint}", model == 0 ? null : $"{model}");

                var expected = has >= needs
                    && (endpoint == 0 || endpointLimit == 0 || endpoint == endpointLimit)
                    && (model == 0 || modelLimit == 0 || model == modelLimit);
                return AccessPolicy.Allows(principal, demand) == expected;
            });

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("[::1]", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("[::]", false)]
    [InlineData("*", false)]
    [InlineData("+", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("localhost.example", false)]
    [InlineData("", false)]
    public void WithoutKeys_OnlyLoopbackMayBeListenedOn(string host, bool may)
    {
        (ProtectedMode.WhyNotStart(["localhost", host], hasKeys: false) is null).ShouldBe(may);
        ProtectedMode.WhyNotStart([host], hasKeys: true).ShouldBeNull();
    }

    [Fact]
    public void Key_WithFaults_TellsAllOfThem() =>
        KeyRules.Check(
            new KeyWish("", "root") { ExpiresAt = Now, RequestsPerSecond = double.NaN }, Now)
            .Select(fault => fault.Field).ShouldBe(["name", "role", "expiresAt", "requestsPerSecond"]);

    [Theory]
    [InlineData("admin", true)]
    [InlineData("operator", false)]
    public void Key_ThatAdministersWithinLimits_IsRefused(string role, bool refused) =>
        (KeyRules.Check(new KeyWish("k", role) { Models = ["m"] }, Now).Count > 0).ShouldBe(refused);
}
