using Fairlead.Web.Hosting;

namespace Fairlead.Web.Tests.Hosting;

public sealed class SignInRoutesTests
{
    [Theory]
    [InlineData("/endpoints/credit?q=a", "/endpoints/credit?q=a")]
    [InlineData("https://elsewhere.example/", "/")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("/a\r\nb", "/")]
    [InlineData("", "/")]
    public void Local_LeadsNowhereElse(string wanted, string to) => SignInRoutes.Local(wanted).ShouldBe(to);
}
